package org.slubcheck.scenarios;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often the watched step was reached. An observer, and a class of its own so that a model
 * checker can leave it out: a shared counter would be one more place to switch at.
 */
final class StepCounter implements Runnable {
    private final AtomicLong reached = new AtomicLong();

    @Override
    public void run() {
        reached.incrementAndGet();
    }

    long count() {
        return reached.get();
    }

    /** What happened since the count was this does not count. */
    void back(long count) {
        reached.set(count);
    }

    void reset() {
        reached.set(0);
    }
}
