package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tasks one after the other, in one thread. A task that waits for another never gets what it waits
 * for: it is given up, so that a check ends and says where.
 */
final class Turns {
    private final Bench bench;
    private final Object state;
    private final int stuckAfter;
    private final List<Integer> order = new ArrayList<>();
    private final List<String> thrown = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();

    /**
     * @param stuckAfter looks without progress after which a task is given up, a half second each
     */
    Turns(Bench bench, Object state, int stuckAfter) {
        this.bench = bench;
        this.state = state;
        this.stuckAfter = stuckAfter;
    }

    /** The task comes next. */
    void take(int task) {
        order.add(task);
    }

    /**
     * Lets them run.
     *
     * @return what they threw, a sentence each; nothing when one does not end, which is a fault of the
     *     bench
     */
    List<String> run() {
        Thread thread = new Thread(this::all, "slubcheck " + bench.scenario().name() + " in turn");
        thread.setDaemon(true);
        thread.start();
        int seen = 0;
        int still = 0;
        while (thread.isAlive() && still < stuckAfter) {
            join(thread);
            int now = begun.get();
            still = now == seen ? still + 1 : 0;
            seen = now;
        }
        if (!thread.isAlive()) {
            return thrown;
        }
        String task = bench.scenario().tasks().get(order.get(Math.max(seen, 1) - 1)).name();
        String place = Rounds.whereabouts(thread, Turns.class);
        bench.fault(
                task
                        + " does not end while no other task runs"
                        + (place.isEmpty() ? "" : ", it is at " + place));
        thread.interrupt();
        return List.of();
    }

    private void join(Thread thread) {
        try {
            thread.join(Rounds.LOOK_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            thread.interrupt();
            throw new IllegalStateException("interrupted while tasks ran", e);
        }
    }

    private void all() {
        for (int task : order) {
            begun.incrementAndGet();
            try {
                bench.body(task).run(state);
            } catch (Throwable e) {
                thrown.add(bench.threw(task, e));
            }
        }
    }
}
