package org.slubcheck.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Knows which of a run's threads wait, and ends the run when all do: then nobody is left who could
 * end a wait. No clock: a run that makes progress, however slowly, is never ended.
 *
 * <p>For runs on bare memory with real threads, where a lock that is never given back would hang.
 * Each thread of the run is counted; it waits here, or in {@link Memory#awaitClear} of a memory that
 * was told of this. A thread that waits is asked whether its wait could end now, so that one which is
 * about to go on does not count as stuck.
 *
 * <p>Waiting threads give their processor away, as there may be more threads than processors.
 */
public final class Progress {
    private final Console console;
    private final int threads;
    private final Map<Thread, Wait> waiting = new HashMap<>();
    private int gone;
    private String over;

    private record Wait(BooleanSupplier blocked, String what) {}

    /**
     * @param threads how many threads the run has, each of which must wait here and nowhere else
     */
    public Progress(Console console, int threads) {
        this.console = console;
        this.threads = threads;
    }

    /**
     * Waits while something is blocked.
     *
     * @param blocked whether the wait must go on; asked by any waiting thread, and only changed by
     *     threads of the run that do not wait
     * @param what is waited for, for the report
     * @throws KernelDeath lockup, in every waiting thread, when all wait for what none can bring, or
     *     when the run was stopped
     */
    public void await(BooleanSupplier blocked, String what) {
        begin(blocked, what);
        try {
            while (blocked.getAsBoolean()) {
                check();
                Thread.yield();
            }
        } finally {
            end();
        }
    }

    /** From here on this thread waits by means of its own, until {@link #end}. */
    public synchronized void begin(BooleanSupplier blocked, String what) {
        waiting.put(Thread.currentThread(), new Wait(blocked, what));
    }

    /** This thread waits no more. */
    public synchronized void end() {
        waiting.remove(Thread.currentThread());
    }

    /** This thread brings nothing any more. */
    public synchronized void gone() {
        gone++;
    }

    /** The run is over, for a reason that was told elsewhere: ends all waits. */
    public synchronized void stop() {
        if (over == null) {
            over = "the run was stopped";
        }
    }

    private synchronized void check() {
        if (over != null) {
            throw new KernelDeath(KernelDeath.Cause.LOCKUP, over);
        }
        if (waiting.size() + gone >= threads
                && waiting.values().stream().allMatch(wait -> wait.blocked.getAsBoolean())) {
            over =
                    waiting.values().stream()
                            .map(wait -> wait.what)
                            .distinct()
                            .sorted()
                            .collect(
                                    Collectors.joining(
                                            "\n ", "BUG: lockup, every thread waits for\n ", ""));
            throw KernelDeath.lockup(console, over);
        }
    }
}
