package org.slubcheck.stress.process;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder for the time being; gone when it is closed, and when the JVM ends.
 *
 * <p>A JVM that is killed takes nothing away. So each folder has a file that its JVM holds locked for
 * as long as it lives: the system gives the lock back, however the JVM ends. The first folder that a
 * JVM opens is preceded by a look for those whose lock nobody holds any more; they are removed.
 * Folders of other users, and of programs that still run, are left alone, also those of another
 * container that has the same folder of temporary files and other process ids.
 */
public final class Scratch implements AutoCloseable {
    private static final String PREFIX = "slubcheck-";
    private static final String LOCK = "in-use.lock";
    private static final Set<Scratch> OPEN = ConcurrentHashMap.newKeySet();

    /** So often at most is a folder taken for a dead JVM's before it is locked. */
    private static final int TRIES = 100;

    private static boolean swept;

    private final Path folder;
    private final FileChannel lock;

    static {
        // Loads the class now: at the end of the JVM it could not register its own hook any more.
        Child.ending();
        Runtime.getRuntime().addShutdownHook(new Thread(Scratch::deleteAll, "end of scratch"));
    }

    private Scratch(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * A new folder among the system's temporary files, with nothing in it but its lock.
     *
     * @throws UncheckedIOException when it cannot be made
     */
    public static synchronized Scratch open() {
        try {
            for (int i = 0; i < TRIES; i++) {
                Path folder = Files.createTempDirectory(PREFIX);
                if (!swept) {
                    swept = true;
                    sweep(folder);
                }
                Scratch scratch = take(folder);
                if (scratch != null) {
                    OPEN.add(scratch);
                    return scratch;
                }
            }
            throw new IOException("each folder is gone at once");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    /** Null when another JVM took the folder for a dead one's before its lock was held. */
    private static Scratch take(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, CREATE, WRITE);
        } catch (NoSuchFileException gone) {
            return null;
        }
        boolean ours = false;
        try {
            channel.lock();
            ours = Files.exists(file);
        } finally {
            if (!ours) {
                channel.close();
            }
        }
        return ours ? new Scratch(folder, channel) : null;
    }

    /**
     * Removes the folders beside a new one that a killed JVM of the same user has left.
     *
     * @param fresh a folder of this JVM that is not yet locked
     */
    private static void sweep(Path fresh) throws IOException {
        UserPrincipal user = Files.getOwner(fresh);
        List<Path> others = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(fresh.getParent(), PREFIX + "*")) {
            all.forEach(others::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        for (Path other : others) {
            // One of this JVM must not even be looked at: closing any channel to a file gives back
            // all locks that a process has on it. There is none: this is its first.
            if (!other.equals(fresh) && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)) {
                removeDead(other, user);
            }
        }
    }

    private static void removeDead(Path folder, UserPrincipal user) {
        try {
            if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
                return;
            }
            // Without CREATE: a folder without a lock is just being made, or is not of this class.
            try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    delete(folder);
                }
            }
        } catch (IOException e) {
            // Gone meanwhile, without a lock, or not to be touched: not ours to remove.
            return;
        }
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        delete(folder);
        OPEN.remove(this);
        try {
            lock.close();
        } catch (IOException e) {
            // The lock is of no use any more: its file is gone.
            return;
        }
    }

    private static void deleteAll() {
        // Children write here: they must be gone first, or they put files back.
        Child.endAll();
        OPEN.forEach(scratch -> delete(scratch.folder));
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
