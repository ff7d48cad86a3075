package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * The verdicts of a gate as they come, so that a gate that was ended can be gone on with.
 *
 * <p>A file of lines that only grows: each time that the gate was started its {@link Origin}, then
 * a line a verdict. A line begins with the checksum of the rest. A line that is cut off or damaged,
 * and all behind it, counts as never written; it is cut away before anything is added.
 *
 * <p>What was said stays said, also what is not as it must be: going on is no second throw of the
 * dice. Only {@link Outcome#NOT_RUN}, which says nothing of the code, is run again.
 *
 * <p>One thread at a time.
 */
final class Journal implements AutoCloseable {
    private static final ObjectWriter LINES =
            Json.MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT);

    private static final int SUM = 8;

    /** Either the start of a gate or a verdict on a JDK. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(Origin origin, Integer jdk, Verdict verdict) {}

    private final Path file;
    private final FileChannel channel;
    private final List<Line> before;

    private Journal(Path file, FileChannel channel, List<Line> before) {
        this.file = file;
        this.channel = channel;
        this.before = before;
    }

    /**
     * An empty one.
     *
     * @throws CliException (fault) when it cannot be written
     */
    static Journal begin(Path file, Origin origin) {
        return open(file, origin, List.of(), 0);
    }

    /**
     * The one that is there, with all that can still be read; an empty one when there is none.
     *
     * @throws CliException (usage) when it is of another gate; (fault) when it cannot be read or
     *     written
     */
    static Journal resume(Path file, Origin origin) {
        byte[] bytes;
        try {
            bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw Reports.fault("read", file, e);
        }
        List<Line> lines = new ArrayList<>();
        int whole = read(bytes, lines);
        for (Line line : lines) {
            String difference = line.origin == null ? "" : origin.difference(line.origin);
            if (!difference.isEmpty()) {
                throw CliException.usage(
                        "--resume: the gate that was ended was of "
                                + difference
                                + "; without --resume a new one starts");
            }
        }
        return open(file, origin, lines, whole);
    }

    private static Journal open(Path file, Origin origin, List<Line> lines, int whole) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(whole);
            channel.position(whole);
        } catch (IOException e) {
            close(channel);
            throw Reports.fault("write", file, e);
        }
        Journal journal = new Journal(file, channel, List.copyOf(lines));
        try {
            journal.append(new Line(origin, null, null));
        } catch (CliException e) {
            close(channel);
            throw e;
        }
        return journal;
    }

    /** Reads lines up to the first that is not whole; how many bytes they are. */
    private static int read(byte[] bytes, List<Line> lines) {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            Line line = parse(new String(bytes, from, i - from, StandardCharsets.UTF_8));
            if (line == null || lines.isEmpty() && line.origin == null) {
                break;
            }
            lines.add(line);
            from = i + 1;
        }
        return from;
    }

    private static Line parse(String text) {
        if (text.length() <= SUM || !text.startsWith(sum(text.substring(SUM + 1)) + " ")) {
            return null;
        }
        try {
            Line line = Json.MAPPER.readValue(text.substring(SUM + 1), Line.class);
            return line.origin == null && (line.jdk == null || line.verdict == null) ? null : line;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static String sum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", sum.getValue());
    }

    /** How often this gate was started, this time included. */
    int sessions() {
        return 1 + (int) before.stream().filter(line -> line.origin != null).count();
    }

    /** What was said on a JDK before this start and is not run again, in the order of its coming. */
    List<Verdict> before(int jdk) {
        Map<Key, Verdict> said = new LinkedHashMap<>();
        for (Line line : before) {
            if (line.verdict != null
                    && line.jdk == jdk
                    && line.verdict.outcome() != Outcome.NOT_RUN) {
                said.putIfAbsent(Key.of(line.verdict), line.verdict);
            }
        }
        return List.copyOf(said.values());
    }

    /**
     * Keeps a verdict.
     *
     * @throws CliException (fault) when it cannot be written
     */
    void add(int jdk, Verdict verdict) {
        append(new Line(null, jdk, verdict));
    }

    private void append(Line line) {
        try {
            String text = LINES.writeValueAsString(line);
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(sum(text) + " " + text + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw Reports.fault("write", file, e);
        }
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // All that was to be kept was written before, or its failure was said.
            return;
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
