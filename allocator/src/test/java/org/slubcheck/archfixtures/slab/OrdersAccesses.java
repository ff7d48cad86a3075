package org.slubcheck.archfixtures.slab;

import java.lang.invoke.VarHandle;

/** Orders accesses behind the back of the memory. */
public final class OrdersAccesses {
    /** A fence where none may be. */
    public void fence() {
        VarHandle.fullFence();
    }
}
