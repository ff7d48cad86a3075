package org.slubcheck.stress.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A folder for the time being; gone when it is closed, and when the JVM ends. */
public final class Scratch implements AutoCloseable {
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path folder;

    static {
        // Loads the class now: at the end of the JVM it could not register its own hook any more.
        Child.ending();
        Runtime.getRuntime().addShutdownHook(new Thread(Scratch::deleteAll, "end of scratch"));
    }

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** A new, empty folder among the system's temporary files. */
    public static Scratch open() {
        try {
            Path folder = Files.createTempDirectory("slubcheck-");
            OPEN.add(folder);
            return new Scratch(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        delete(folder);
        OPEN.remove(folder);
    }

    private static void deleteAll() {
        // Children write here: they must be gone first, or they put files back.
        Child.endAll();
        OPEN.forEach(Scratch::delete);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            // A file that cannot be removed now is the system's to remove later.
            return;
        }
    }
}
