package org.slubcheck.trace;

/** Carries out operations on a {@link ReplayTarget}: one after the other, or a thread a CPU. */
interface ReplayRunner extends AutoCloseable {
    /** An operation batch to be filled; waits until one is free. */
    OpBatch take();

    /**
     * Carries the batch out, at once or later, after those given before; it must come from {@link
     * #take}. The caches and slots that it names are known.
     */
    void run(OpBatch batch);

    /** Returns when every batch given is carried out, or has been given up after a failure. */
    void finish();

    /** What stopped the run, or null. Asked after {@link #finish}. */
    Throwable failure();

    /** Allocations that the machine refused, so far. Asked after {@link #finish}. */
    long refused();

    /** Ends the threads, if there are any. */
    @Override
    void close();
}
