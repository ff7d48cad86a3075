package org.slubcheck.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that a gate leaves, for as long as it runs: one gate at a time, what an earlier one left
 * is gone from the start, and what a gate wrote is whole.
 */
final class Reports implements AutoCloseable {
    private static final String PART = ".part";

    private final FileChannel channel;
    private final Path report;
    private final Path junit;
    private final Path html;
    private final Path sarif;
    private final Path markdown;
    private final Path previous;
    private final Path log;
    private final Path journal;
    private final List<Path> reports = new ArrayList<>();

    private Reports(FileChannel channel, Path folder, Path copy) {
        this.channel = channel;
        this.report = folder.resolve("report.json");
        this.junit = folder.resolve("TEST-slubcheck-gate.xml");
        this.html = folder.resolve("report.html");
        this.sarif = folder.resolve("report.sarif");
        this.markdown = folder.resolve("report.md");
        this.previous = folder.resolve("previous.json");
        this.log = folder.resolve("tools.log");
        this.journal = folder.resolve("journal");
        reports.add(report);
        if (copy != null) {
            reports.add(copy);
        }
    }

    /**
     * Takes the folder and empties it of old reports.
     *
     * @param copy where the report goes, too; null for nowhere else
     * @throws CliException (usage) when another gate has the folder, or {@code copy} cannot be
     *     written; (fault) when the folder cannot
     */
    static Reports open(Path folder, Path copy) {
        Reports reports = take(folder, copy);
        try {
            reports.clear(false);
            return reports;
        } catch (CliException e) {
            reports.close();
            throw e;
        }
    }

    /**
     * Takes the folder and leaves what is in it.
     *
     * @throws CliException as {@link #open} does
     */
    static Reports take(Path folder, Path copy) {
        FileChannel channel = null;
        FileLock lock = null;
        Path file = folder.resolve("lock");
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = tryLock(channel);
        } catch (IOException e) {
            throw fault("write", file, e);
        } finally {
            if (lock == null) {
                closeQuietly(channel);
            }
        }
        if (lock == null) {
            throw CliException.usage("another gate runs here: " + folder + " is in use");
        }
        Reports reports = new Reports(channel, folder, copy);
        try {
            if (copy != null) {
                reports.probe(copy);
            }
            return reports;
        } catch (CliException e) {
            reports.close();
            throw e;
        }
    }

    /**
     * Removes what an earlier gate left, also what it left half written when it was killed; its
     * report becomes the one to compare with.
     *
     * @param same whether that gate is gone on with: then the report to compare with is that of the
     *     gate before it, and the output of the tools is kept
     * @throws CliException (fault) when the folder cannot be written
     */
    void clear(boolean same) {
        try {
            if (Files.exists(report) && !same) {
                Files.move(report, previous, StandardCopyOption.REPLACE_EXISTING);
            }
            List<Path> old = new ArrayList<>(reports);
            old.addAll(List.of(junit, html, sarif, markdown));
            for (Path file : old) {
                Files.deleteIfExists(file);
                Files.deleteIfExists(part(file));
            }
            if (!same) {
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            throw fault("write", report, e);
        }
    }

    /** What to say when a file cannot be read or written: which, and why. */
    static CliException fault(String what, Path file, IOException e) {
        return new CliException(Exit.FAULT, "cannot " + what + " " + file + ": " + reason(e));
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "access denied";
        }
        if (e instanceof FileAlreadyExistsException there) {
            return there.getFile() + " is no folder";
        }
        if (e instanceof FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException here) {
            return null;
        }
    }

    private void probe(Path copy) {
        if (Files.isDirectory(copy)) {
            throw CliException.usage("--json " + copy + " is a folder");
        }
        try {
            Path part = part(copy);
            Files.write(part, new byte[0]);
            Files.delete(part);
        } catch (IOException e) {
            throw CliException.usage("--json " + copy + " cannot be written");
        }
    }

    /** Where verdicts are kept as they come. */
    Path journal() {
        return journal;
    }

    /** Where the output of the tools goes. */
    Path log() {
        return log;
    }

    /**
     * Writes all files, each of them whole or not at all.
     *
     * @param sources the commit that this program was built from, as {@link Commit#of} says; shards of
     *     another may be joined here
     * @throws CliException (fault) when one cannot be written
     */
    void write(Report content, String sources) {
        for (Path file : reports) {
            write(file, () -> Json.MAPPER.writeValueAsBytes(content));
        }
        write(junit, () -> JunitXml.bytes(content));
        write(sarif, () -> Json.MAPPER.writeValueAsBytes(Sarif.of(content)));
        write(markdown, () -> Markdown.of(content).getBytes(StandardCharsets.UTF_8));
        write(html, () -> HtmlReport.bytes(content, before(), sources));
    }

    /** The contents of a file. */
    private interface Contents {
        byte[] bytes() throws IOException;
    }

    private static void write(Path file, Contents contents) {
        try {
            replace(file, contents.bytes());
        } catch (IOException e) {
            throw fault("write", file, e);
        }
    }

    /** The report of the run before; null when there is none that can be read. */
    private Report before() {
        try {
            return Files.exists(previous) ? MergeCommand.read(previous) : null;
        } catch (CliException unreadable) {
            return null;
        }
    }

    /** Puts bytes in a file's place in one move. */
    static void replace(Path file, byte[] contents) throws IOException {
        Path part = part(file);
        try {
            Files.write(part, contents);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static Path part(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        return folder.resolve(file.getFileName() + PART);
    }

    @Override
    public void close() {
        // Closing the channel gives the lock back.
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was written to it.
            return;
        }
    }
}
