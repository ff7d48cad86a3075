package org.slubcheck.archfixtures.machine;

/** A memory, which alone may spin. */
public final class GoodMemory {
    /** Waits where it may. */
    public void await() {
        Thread.onSpinWait();
    }
}
