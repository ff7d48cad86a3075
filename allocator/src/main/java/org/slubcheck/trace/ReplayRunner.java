package org.slubcheck.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slubcheck.machine.Progress;

/**
 * Carries operations out while the next ones are read: by one thread in the order of the trace, or
 * by a thread a CPU.
 *
 * <p>Every thread gets every batch and does the operations of its CPUs, in the order of the trace. A
 * free waits for its allocation and an allocation for the free before it in the same slot, both by
 * the slot's count. Nobody waits for ever: who waits, waits for an operation that stands earlier in
 * the trace and has been handed out, and the earliest of all that are open waits for none. So a
 * single thread never waits.
 *
 * <p>A machine that loses a wake-up or keeps a lock would make them wait for ever all the same. All
 * waits are {@link Progress}'s, which ends the run when everybody waits.
 */
final class ReplayRunner implements AutoCloseable {
    /** Batches on their way; enough that no thread idles while another one is slow. */
    private static final int WINDOW = 8;

    private static final Work END = new Work(null);

    private final ReplayBooks books;
    private final int workers;
    private final int events;
    private final BlockingQueue<Work> idle = new ArrayBlockingQueue<>(WINDOW);
    private final List<BlockingQueue<Work>> queues = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong refused = new AtomicLong();

    /** Batches that wait for the feeder, and for each worker; until it stands behind its wait. */
    private final AtomicInteger free = new AtomicInteger(WINDOW);

    private final AtomicInteger[] given;
    private final Progress progress;
    private Work taken;

    private static final class Work {
        private final OpBatch batch;
        private final AtomicInteger open = new AtomicInteger();

        Work(OpBatch batch) {
            this.batch = batch;
        }
    }

    ReplayRunner(ReplayBooks books, int events, int workers) {
        this.books = books;
        this.workers = workers;
        this.events = events;
        // The thread that hands the batches out is one of those that may wait.
        this.given = new AtomicInteger[workers];
        Arrays.setAll(given, i -> new AtomicInteger());
        this.progress = books.target.watch(workers + 1);
        for (int i = 0; i < WINDOW; i++) {
            idle.add(new Work(new OpBatch(events)));
        }
        for (int i = 0; i < workers; i++) {
            BlockingQueue<Work> queue = new ArrayBlockingQueue<>(WINDOW + 1);
            queues.add(queue);
            int worker = i;
            Thread thread = new Thread(() -> work(worker, queue), "replay" + worker);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** An operation batch to be filled; waits until one is free. */
    OpBatch take() {
        taken = idleOrFailed();
        return taken == null ? new OpBatch(events) : taken.batch;
    }

    /**
     * Has the batch carried out; it must come from {@link #take}. The caches and slots that it names
     * are known.
     */
    void run(OpBatch batch) {
        if (taken == null) {
            return;
        }
        taken.open.set(workers);
        for (int i = 0; i < workers; i++) {
            given[i].incrementAndGet();
            queues.get(i).add(taken);
        }
        taken = null;
    }

    /** Returns when every batch given is carried out, or has been given up after a failure. */
    void finish() {
        // Whoever holds all batches knows that no thread has one; a batch taken counts as held.
        List<Work> all = new ArrayList<>();
        for (int i = taken == null ? 0 : 1; i < WINDOW; i++) {
            Work work = idleOrFailed();
            if (work == null) {
                return;
            }
            all.add(work);
        }
        free.addAndGet(all.size());
        idle.addAll(all);
    }

    /**
     * A batch that no thread has, or null after a failure: a machine that died may have died with
     * its locks held, and then the other threads never come back.
     */
    private Work idleOrFailed() {
        Work work;
        progress.begin(() -> free.get() == 0 && failure.get() == null, "a thread to be done");
        try {
            work = pollIdle();
        } finally {
            progress.end();
        }
        if (work != null) {
            free.decrementAndGet();
        }
        return work;
    }

    private Work pollIdle() {
        while (failure.get() == null) {
            try {
                Work work = idle.poll(20, TimeUnit.MILLISECONDS);
                if (work != null) {
                    return work;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure.compareAndSet(null, e);
            }
        }
        return null;
    }

    private void work(int worker, BlockingQueue<Work> queue) {
        try {
            workUntilEnd(worker, queue);
        } finally {
            progress.gone();
        }
    }

    private void workUntilEnd(int worker, BlockingQueue<Work> queue) {
        for (Work work = get(worker, queue); work != END; work = get(worker, queue)) {
            try {
                if (failure.get() == null) {
                    runOwn(work.batch, worker);
                }
            } catch (RuntimeException | Error e) {
                // The replay tells a machine that died from a fault of the suite.
                failure.compareAndSet(null, e);
                progress.stop();
            }
            if (work.open.decrementAndGet() == 0) {
                free.incrementAndGet();
                idle.add(work);
            }
        }
    }

    private void runOwn(OpBatch ops, int worker) {
        for (int i = 0; i < ops.count; i++) {
            int cpu = books.cpuOf(ops, i);
            if (cpu % workers == worker) {
                step(ops, i, cpu);
            }
        }
    }

    /** One operation. */
    private void step(OpBatch ops, int i, int cpu) {
        int slot = ops.slot[i];
        int turn = ops.turn[i];
        ReplaySlots slots = books.slots;
        if (ops.op[i] == OpBatch.FREE) {
            slots.awaitFilled(progress, slot, turn);
            books.release(ops, i, cpu, slots.object(slot));
            slots.setObject(slot, 0, 0);
            slots.emptied(slot, turn);
            return;
        }
        slots.awaitEmpty(progress, slot, turn);
        long object = books.allocate(ops, i, cpu);
        if (object == 0) {
            refused.incrementAndGet();
        }
        slots.setObject(slot, object, ops.cache[i]);
        slots.filled(slot, turn);
    }

    private Work get(int worker, BlockingQueue<Work> queue) {
        boolean interrupted = false;
        progress.begin(() -> given[worker].get() == 0, "operations");
        try {
            while (true) {
                try {
                    return queue.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            progress.end();
            given[worker].decrementAndGet();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What stopped the run, or null. Asked after {@link #finish}. */
    Throwable failure() {
        return failure.get();
    }

    /** Allocations that the machine refused, so far. Asked after {@link #finish}. */
    long refused() {
        return refused.get();
    }

    /** Ends the threads. */
    @Override
    public void close() {
        for (int i = 0; i < workers; i++) {
            given[i].incrementAndGet();
            queues.get(i).add(END);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
