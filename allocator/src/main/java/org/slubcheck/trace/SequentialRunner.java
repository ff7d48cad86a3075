package org.slubcheck.trace;

/** Carries operations out in the order of the trace, each as its CPU, in the caller's thread. */
final class SequentialRunner implements ReplayRunner {
    private final ReplayBooks books;
    private final OpBatch batch;
    private long refused;
    private Throwable failure;

    SequentialRunner(ReplayBooks books, int events) {
        this.books = books;
        this.batch = new OpBatch(events);
    }

    @Override
    public OpBatch take() {
        return batch;
    }

    @Override
    public void run(OpBatch ops) {
        if (failure != null) {
            return;
        }
        try {
            for (int i = 0; i < ops.count; i++) {
                step(ops, i);
            }
        } catch (RuntimeException | Error e) {
            // A machine that died is a finding; the replay reports it.
            failure = e;
        }
    }

    private void step(OpBatch ops, int i) {
        int cpu = books.cpuOf(ops, i);
        int slot = ops.slot[i];
        if (ops.op[i] == OpBatch.FREE) {
            books.release(ops, i, cpu, books.slots.object(slot));
            return;
        }
        long object = books.allocate(ops, i, cpu);
        if (object == 0) {
            refused++;
        }
        books.slots.setObject(slot, object);
    }

    @Override
    public void finish() {}

    @Override
    public Throwable failure() {
        return failure;
    }

    @Override
    public long refused() {
        return refused;
    }

    @Override
    public void close() {}
}
