package org.slubcheck.archfixtures.slab;

/** Reads the wall clock. */
public final class ReadsMillis {
    /** The time, which nothing here may know. */
    public long now() {
        return System.currentTimeMillis();
    }
}
