package org.slubcheck.stress.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs beside this one. It ends with all that it started: when its time is up, when
 * it is closed, and when this program ends for whatever reason that a JVM can notice. A JVM that is
 * killed notices nothing, so children of our own also watch their {@link Parent}.
 *
 * <p>What a child started is remembered while it is waited for: when the child dies first, its
 * children belong to nobody and could not be found any more.
 */
public final class Child implements AutoCloseable {
    private static final Object LOCK = new Object();
    private static final Set<Child> ALIVE = new HashSet<>();
    private static boolean ending;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int GRACE_MILLIS = 2000;

    /** Each time round, whoever forked meanwhile is found; nobody forks faster than this. */
    private static final int ROUNDS = 20;

    private final Process process;
    private final Set<ProcessHandle> descendants = new LinkedHashSet<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::endAll, "end of children"));
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
     * @throws CancellationException when this program is ending and starts nothing any more
     */
    public static Child start(List<String> command, Path directory, Path log) {
        return start(
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
    }

    /** Starts a program that shares this one's folder, input and output. */
    public static Child sharing(List<String> command) {
        return start(new ProcessBuilder(command).inheritIO());
    }

    private static Child start(ProcessBuilder builder) {
        Parent.tell(builder.environment());
        synchronized (LOCK) {
            if (ending) {
                throw new CancellationException("the program is ending");
            }
            try {
                Child child = new Child(builder.start());
                ALIVE.add(child);
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + builder.command().get(0), e);
            }
        }
    }

    /** Whether this program is ending, so that what its children leave is not to be relied on. */
    public static boolean ending() {
        synchronized (LOCK) {
            return ending;
        }
    }

    /** The process, for its input and its exit code. */
    public Process process() {
        return process;
    }

    /** Waits a little; true when it has ended. What it started stays until it is closed. */
    public boolean poll(Duration time) throws InterruptedException {
        remember();
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until it ends; false, and everything killed, when the limit is reached first. */
    public boolean waitFor(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean ended = false;
        while (!ended && System.nanoTime() - deadline < 0) {
            ended = poll(POLL);
        }
        close();
        return ended;
    }

    /** Kills it and all that it started, if they still run. */
    @Override
    public void close() {
        kill();
        synchronized (LOCK) {
            ALIVE.remove(this);
        }
    }

    /** Kills every child of this JVM, and lets it start no more: it is ending. */
    static void endAll() {
        List<Child> children;
        synchronized (LOCK) {
            ending = true;
            children = List.copyOf(ALIVE);
        }
        children.forEach(Child::close);
    }

    private synchronized void remember() {
        process.descendants().forEach(descendants::add);
        for (ProcessHandle known : List.copyOf(descendants)) {
            known.descendants().forEach(descendants::add);
        }
    }

    /**
     * The parents first, so that they start no more; whoever was forked between the look and the
     * kill is found at the next look, below a parent that is known.
     */
    private synchronized void kill() {
        Set<ProcessHandle> killed = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            remember();
            Set<ProcessHandle> open = new LinkedHashSet<>();
            open.add(process.toHandle());
            open.addAll(descendants);
            open.removeAll(killed);
            open.forEach(ProcessHandle::destroyForcibly);
            open.forEach(Child::awaitEnd);
            if (!killed.addAll(open)) {
                return;
            }
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
