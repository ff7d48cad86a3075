package org.slubcheck.archfixtures.slab;

/** Reads the clock of intervals. */
public final class ReadsNanos {
    /** The time, which nothing here may know. */
    public long now() {
        return System.nanoTime();
    }
}
