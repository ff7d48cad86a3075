package org.slubcheck.archfixtures.slab;

import org.slubcheck.machine.Memory;

/** Makes a lock of its own. */
public final class Exchanges {
    /** Tries what only the machine may. */
    public boolean tryLock(Memory m, long lock) {
        return m.cmpxchg(lock, 0, 1);
    }
}
