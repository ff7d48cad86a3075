package org.slubcheck.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Carries operations out by a thread a CPU.
 *
 * <p>Every thread gets every batch and does the operations of its CPU, in the order of the trace. A
 * free waits for its allocation and an allocation for the free before it in the same slot, both by
 * the slot's count. Nobody waits for ever: who waits, waits for an operation that stands earlier in
 * the trace and has been handed out, and the earliest of all that are open waits for none.
 *
 * <p>A waiter yields its processor rather than spin, as there may be more threads than processors.
 */
final class ParallelRunner implements ReplayRunner {
    /** Batches on their way; enough that no thread idles while another one is slow. */
    private static final int WINDOW = 8;

    private static final Work END = new Work(null);

    private final ReplayBooks books;
    private final int cpus;
    private final int events;
    private final BlockingQueue<Work> idle = new ArrayBlockingQueue<>(WINDOW);
    private final List<BlockingQueue<Work>> queues = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong refused = new AtomicLong();
    private Work taken;

    private static final class Work {
        private final OpBatch batch;
        private final AtomicInteger open = new AtomicInteger();

        Work(OpBatch batch) {
            this.batch = batch;
        }
    }

    ParallelRunner(ReplayBooks books, int events) {
        this.books = books;
        this.cpus = books.target.cpus();
        this.events = events;
        for (int i = 0; i < WINDOW; i++) {
            idle.add(new Work(new OpBatch(events)));
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            BlockingQueue<Work> queue = new ArrayBlockingQueue<>(WINDOW + 1);
            queues.add(queue);
            int number = cpu;
            Thread thread = new Thread(() -> work(number, queue), "replay-cpu" + cpu);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    @Override
    public OpBatch take() {
        taken = idleOrFailed();
        return taken == null ? new OpBatch(events) : taken.batch;
    }

    @Override
    public void run(OpBatch batch) {
        if (taken == null) {
            return;
        }
        taken.open.set(cpus);
        for (BlockingQueue<Work> queue : queues) {
            queue.add(taken);
        }
        taken = null;
    }

    @Override
    public void finish() {
        // Whoever holds all batches knows that no thread has one; a batch taken counts as held.
        List<Work> all = new ArrayList<>();
        for (int i = taken == null ? 0 : 1; i < WINDOW; i++) {
            Work work = idleOrFailed();
            if (work == null) {
                return;
            }
            all.add(work);
        }
        idle.addAll(all);
    }

    /**
     * A batch that no thread has, or null after a failure: a machine that died may have died with
     * its locks held, and then the other threads never come back.
     */
    private Work idleOrFailed() {
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

    private void work(int cpu, BlockingQueue<Work> queue) {
        for (Work work = get(queue); work != END; work = get(queue)) {
            try {
                runOwn(work.batch, cpu);
            } catch (RuntimeException | Error e) {
                // A machine that died is a finding; the replay reports it.
                failure.compareAndSet(null, e);
            }
            if (work.open.decrementAndGet() == 0) {
                idle.add(work);
            }
        }
    }

    private void runOwn(OpBatch ops, int cpu) {
        for (int i = 0; i < ops.count; i++) {
            if (books.cpuOf(ops, i) == cpu && !step(ops, i, cpu)) {
                return;
            }
        }
    }

    /** One operation; false when the run has failed elsewhere. */
    private boolean step(OpBatch ops, int i, int cpu) {
        int slot = ops.slot[i];
        int turn = ops.turn[i];
        ReplaySlots slots = books.slots;
        if (ops.op[i] == OpBatch.FREE) {
            while (!slots.mayEmpty(slot, turn)) {
                if (failure.get() != null) {
                    return false;
                }
                Thread.yield();
            }
            books.release(ops, i, cpu, slots.object(slot));
            slots.emptied(slot, turn);
            return true;
        }
        while (!slots.mayFill(slot, turn)) {
            if (failure.get() != null) {
                return false;
            }
            Thread.yield();
        }
        long object = books.allocate(ops, i, cpu);
        if (object == 0) {
            refused.incrementAndGet();
        }
        slots.setObject(slot, object);
        slots.filled(slot, turn);
        return true;
    }

    private static Work get(BlockingQueue<Work> queue) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return queue.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Throwable failure() {
        return failure.get();
    }

    @Override
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        queues.forEach(queue -> queue.offer(END));
        if (failure.get() != null) {
            // They are daemons, and may wait for ever for a lock of the dead machine.
            return;
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
