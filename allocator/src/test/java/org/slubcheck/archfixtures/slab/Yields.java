package org.slubcheck.archfixtures.slab;

/** Waits by giving the processor away. */
public final class Yields {
    /** Waits where it must not. */
    public void await() {
        Thread.yield();
    }
}
