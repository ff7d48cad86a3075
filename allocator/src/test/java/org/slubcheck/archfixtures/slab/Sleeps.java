package org.slubcheck.archfixtures.slab;

/** Sleeps. */
public final class Sleeps {
    /** Waits where it must not. */
    public void await() throws InterruptedException {
        Thread.sleep(1);
    }
}
