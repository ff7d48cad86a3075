package org.slubcheck.stress.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that runs beside this one. It ends with all that it started: when its time is up, when
 * it is closed, and when this program ends for whatever reason that a JVM can notice.
 */
public final class Child implements AutoCloseable {
    private static final Set<Child> ALIVE = ConcurrentHashMap.newKeySet();
    private static final int GRACE_MILLIS = 2000;

    private final Process process;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::killAll, "end of children"));
    }

    private Child(Process process) {
        this.process = process;
    }

    /**
     * Starts a program.
     *
     * @param command the program and its arguments
     * @param directory where it runs
     * @param log where its output and its errors are appended
     */
    public static Child start(List<String> command, Path directory, Path log) {
        try {
            Process started =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            Child child = new Child(started);
            ALIVE.add(child);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    /** The process, for its input and its exit code. */
    public Process process() {
        return process;
    }

    /** Waits until it ends; false, and everything killed, when the limit is reached first. */
    public boolean waitFor(Duration limit) throws InterruptedException {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        close();
        return ended;
    }

    /** Kills it and all that it started, if they still run. */
    @Override
    public void close() {
        kill();
        ALIVE.remove(this);
    }

    /** Kills every child of this JVM; what the end of the JVM does, too. */
    public static void killAll() {
        ALIVE.forEach(Child::close);
    }

    private void kill() {
        List<ProcessHandle> tree =
                Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        // The parent first, so that it starts no more; its children are already known.
        for (int i = tree.size() - 1; i >= 0; i--) {
            tree.get(i).destroyForcibly();
        }
        for (ProcessHandle handle : tree) {
            awaitEnd(handle);
        }
    }

    private static void awaitEnd(ProcessHandle handle) {
        try {
            handle.onExit().get(GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            // Nothing more can be done to a process that survives a kill.
            return;
        }
    }
}
