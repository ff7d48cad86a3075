package org.slubcheck.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
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
    private final FileLock lock;
    private final Path report;
    private final Path junit;
    private final Path html;
    private final Path sarif;
    private final Path markdown;
    private final Path previous;
    private final Path log;
    private final List<Path> reports = new ArrayList<>();

    private Reports(FileChannel channel, FileLock lock, Path folder, Path copy) {
        this.channel = channel;
        this.lock = lock;
        this.report = folder.resolve("report.json");
        this.junit = folder.resolve("TEST-slubcheck-gate.xml");
        this.html = folder.resolve("report.html");
        this.sarif = folder.resolve("report.sarif");
        this.markdown = folder.resolve("report.md");
        this.previous = folder.resolve("previous.json");
        this.log = folder.resolve("tools.log");
        reports.add(report);
        if (copy != null) {
            reports.add(copy);
        }
    }

    /**
     * Takes the folder and empties it of old reports.
     *
     * @param copy where the report goes, too; null for nowhere else
     * @throws CliException when another gate has the folder, or {@code copy} cannot be written
     */
    static Reports open(Path folder, Path copy) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw CliException.usage("another gate runs here: " + folder + " is in use");
        }
        Reports reports = new Reports(channel, lock, folder, copy);
        try {
            if (copy != null) {
                reports.probe(copy);
            }
            if (Files.exists(reports.report)) {
                Files.move(reports.report, reports.previous, StandardCopyOption.REPLACE_EXISTING);
            }
            for (Path old : reports.reports) {
                Files.deleteIfExists(old);
            }
            Files.deleteIfExists(reports.junit);
            Files.deleteIfExists(reports.html);
            Files.deleteIfExists(reports.sarif);
            Files.deleteIfExists(reports.markdown);
            Files.deleteIfExists(reports.log);
            return reports;
        } catch (IOException | CliException e) {
            reports.close();
            throw e;
        }
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

    /** Where the output of the tools goes. */
    Path log() {
        return log;
    }

    /** Writes all files, each of them whole or not at all. */
    void write(Report content) throws IOException {
        for (Path file : reports) {
            replace(file, Json.MAPPER.writeValueAsBytes(content));
        }
        replace(junit, JunitXml.bytes(content));
        replace(sarif, Json.MAPPER.writeValueAsBytes(Sarif.of(content)));
        replace(markdown, Markdown.of(content).getBytes(StandardCharsets.UTF_8));
        replace(html, HtmlReport.bytes(content, before()));
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
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
