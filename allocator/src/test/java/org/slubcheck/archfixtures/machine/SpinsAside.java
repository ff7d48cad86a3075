package org.slubcheck.archfixtures.machine;

/** Spins, in the right package, but is not a memory. */
public final class SpinsAside {
    /** Waits where it must not. */
    public void await() {
        Thread.onSpinWait();
    }
}
