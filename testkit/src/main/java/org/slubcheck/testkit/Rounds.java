package org.slubcheck.testkit;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slubcheck.testkit.Scenario.Body;

/**
 * Runs the tasks of a scenario in real threads, batch by batch: a batch of states is made, every
 * task goes through all of them, and then each state is judged.
 *
 * <p>In every other batch the tasks meet before each state and then wait a few turns, drawn by
 * chance, so that they begin together and yet a little apart; in the others they run free for a
 * while. A task
 * that does not end is no sample: a cycle of monitors or locks is a finding, anything else a fault.
 */
final class Rounds {
    private static final int BATCH = 256;

    /** Slots of a counter each, a cache line apart. */
    private static final int STRIDE = 16;

    /**
     * Turns before a task that waits gives its CPU away. On a busy machine tasks run at the same
     * moment only if one keeps its CPU until another gets one; with fewer CPUs than tasks it is the
     * other that needs it.
     */
    private static final int PATIENCE = 20_000;

    private static final int IMPATIENCE = 64;
    private static final int MOST_SKEW = 64;

    /** States that tasks go through without meeting, in a batch in which they run free. */
    private static final int FREE_STEPS = 32;

    /** How often is looked whether tasks that have not ended are deadlocked. */
    static final long LOOK_MS = 500;

    /** Looks without any progress after which tasks are given up. */
    static final int STUCK = 60;

    private final Bench bench;
    private final int tasks;
    private final Object[] states = new Object[BATCH];
    private final Throwable[][] thrown;
    private final AtomicLongArray begun;
    private long[] counted;

    /** What skewing computed: something that the compiler must not leave out. */
    private final int[] wasted;

    private final AtomicLongArray progress;
    private final Phaser phaser;
    private final List<Thread> threads = new ArrayList<>();
    private final int patience;
    private final int stuckAfter;
    private volatile boolean over;
    private String wrong = "";

    /**
     * @param stuckAfter looks without progress after which tasks are given up, a half second each
     */
    Rounds(Bench bench, int stuckAfter) {
        this.bench = bench;
        this.stuckAfter = stuckAfter;
        this.tasks = bench.scenario().tasks().size();
        this.thrown = new Throwable[tasks][BATCH];
        this.begun = new AtomicLongArray((tasks + 1) * STRIDE);
        this.counted = new long[tasks];
        this.wasted = new int[tasks];
        this.progress = new AtomicLongArray((tasks + 1) * STRIDE);
        this.patience = tasks <= Runtime.getRuntime().availableProcessors() ? PATIENCE : IMPATIENCE;
        this.phaser = new Phaser(tasks + 1);
    }

    /** What is wrong, in lines; empty for nothing. */
    String wrong() {
        return wrong;
    }

    /**
     * Runs until so many states were judged, something is wrong, or the time is up.
     *
     * @param limit after which no batch is begun
     */
    void run(long samples, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (int task = 0; task < tasks; task++) {
            int own = task;
            Thread thread =
                    new Thread(() -> work(own), "slubcheck " + bench.scenario().name() + " " + own);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        try {
            boolean more = true;
            while (more) {
                more =
                        batch()
                                && wrong.isEmpty()
                                && bench.fault().isEmpty()
                                && bench.tally().runs() < samples
                                && System.nanoTime() < deadline;
            }
        } finally {
            over = true;
            phaser.forceTermination();
            threads.forEach(Thread::interrupt);
        }
    }

    /** One batch; false when it did not end. */
    private boolean batch() {
        for (int i = 0; i < BATCH; i++) {
            states[i] = bench.start();
        }
        if (!bench.fault().isEmpty()) {
            return false;
        }
        for (Throwable[] of : thrown) {
            Arrays.fill(of, null);
        }
        phaser.arriveAndAwaitAdvance();
        int end = phaser.arrive();
        long seen = -1;
        int still = 0;
        while (!advanced(end)) {
            long now = Arrays.stream(begun()).sum();
            still = now == seen ? still + 1 : 0;
            seen = now;
            if (deadlocked()) {
                return false;
            }
            if (still >= stuckAfter) {
                bench.fault("the tasks do not end: " + whereabouts());
                return false;
            }
        }
        judge();
        return true;
    }

    private boolean advanced(int phase) {
        try {
            phaser.awaitAdvanceInterruptibly(phase, LOOK_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            bench.fault("interrupted");
            throw new IllegalStateException("interrupted while tasks ran", e);
        }
    }

    private void judge() {
        long[] now = begun();
        for (int task = 0; task < tasks; task++) {
            bench.entered(task, now[task] - counted[task]);
        }
        counted = now;
        for (int i = 0; i < BATCH; i++) {
            List<String> said = new ArrayList<>();
            for (int task = 0; task < tasks; task++) {
                if (thrown[task][i] != null) {
                    said.add(bench.threw(task, thrown[task][i]));
                }
            }
            List<String> all = bench.end(states[i], said);
            bench.tally().outcome(bench.outcome(states[i], !said.isEmpty()));
            if (!all.isEmpty() && wrong.isEmpty()) {
                wrong = String.join("\n", all);
            }
        }
    }

    // ---- the threads

    private void work(int task) {
        Body<? super Object> body = bench.body(task);
        SplittableRandom random = new SplittableRandom(task);
        long met = 0;
        int spent = 0;
        long count = 0;
        for (boolean together = true; !over; together = !together) {
            if (phaser.arriveAndAwaitAdvance() < 0) {
                return;
            }
            for (int i = 0; i < BATCH; i++) {
                if (together || i % FREE_STEPS == 0) {
                    met++;
                    meet(task, met);
                    spent += skew(random.nextInt(MOST_SKEW));
                }
                begun.setOpaque(slot(task), ++count);
                try {
                    body.run(states[i]);
                } catch (Throwable e) {
                    thrown[task][i] = e;
                }
                if (over) {
                    return;
                }
            }
            wasted[task] = spent;
            phaser.arriveAndAwaitAdvance();
        }
    }

    /**
     * Waits until all tasks are here, and then until all have seen that: who came first may have lost
     * its CPU meanwhile, and the others would run alone.
     */
    private void meet(int task, long at) {
        arrive(task, 2 * at);
        arrive(task, 2 * at + 1);
    }

    private void arrive(int task, long at) {
        progress.set(slot(task), at);
        for (int other = 0; other < tasks; other++) {
            int spins = 0;
            while (progress.get(slot(other)) < at && !over) {
                if (++spins > patience) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** Some nanoseconds: less than it takes one CPU to see what another wrote, or more. */
    private static int skew(int turns) {
        int x = turns + 1;
        for (int i = 0; i < turns; i++) {
            x ^= x << 13;
            x ^= x >>> 17;
            x ^= x << 5;
        }
        return x;
    }

    /** How often each task was begun. */
    private long[] begun() {
        long[] all = new long[tasks];
        Arrays.setAll(all, task -> begun.getOpaque(slot(task)));
        return all;
    }

    private static int slot(int task) {
        return (task + 1) * STRIDE - 1;
    }

    // ---- tasks that do not end

    /** Whether tasks wait for each other in a circle: time decides when to look, not what is seen. */
    private boolean deadlocked() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        long[] all = bean.findDeadlockedThreads();
        if (all == null) {
            return false;
        }
        List<String> waits = new ArrayList<>();
        for (ThreadInfo info : bean.getThreadInfo(all)) {
            int task = info == null ? -1 : taskOf(info.getThreadId());
            if (task >= 0) {
                int owner = taskOf(info.getLockOwnerId());
                waits.add(
                        bench.scenario().tasks().get(task).name()
                                + " waits for "
                                + info.getLockName().replaceAll("@.*", "")
                                + " of "
                                + (owner < 0
                                        ? info.getLockOwnerName()
                                        : bench.scenario().tasks().get(owner).name()));
            }
        }
        waits.sort(null);
        if (!waits.isEmpty()) {
            wrong = "deadlock: " + String.join(", ", waits);
        }
        return !waits.isEmpty();
    }

    private int taskOf(long thread) {
        for (int task = 0; task < tasks; task++) {
            if (threads.get(task).getId() == thread) {
                return task;
            }
        }
        return -1;
    }

    private String whereabouts() {
        List<String> all = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            String place = whereabouts(threads.get(task), Rounds.class);
            if (!place.isEmpty()) {
                all.add(bench.scenario().tasks().get(task).name() + " is at " + place);
            }
        }
        return String.join(", ", all);
    }

    /**
     * Where in the subject a thread is; empty when it has no frames but Java's own and those of who
     * started it, as a thread that only waits for the others.
     */
    static String whereabouts(Thread thread, Class<?> starter) {
        return Arrays.stream(thread.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("java."))
                .filter(frame -> !frame.getClassName().startsWith("jdk."))
                .filter(frame -> !frame.getClassName().startsWith(starter.getName()))
                .findFirst()
                .map(
                        frame ->
                                frame.getClassName()
                                        + "."
                                        + frame.getMethodName()
                                        + "("
                                        + frame.getFileName()
                                        + ":"
                                        + frame.getLineNumber()
                                        + ")")
                .orElse("");
    }
}
