package org.slubcheck.archfixtures.slab;

import java.util.concurrent.locks.LockSupport;

/** Parks, which a model checker turns into nothing. */
public final class Parks {
    /** Waits where it must not. */
    public void await() {
        LockSupport.park();
    }
}
