package org.slubcheck.archfixtures.slab;

import java.util.function.LongSupplier;
import org.slubcheck.machine.Memory;

/** Kernel code that reads past the checks, later. */
final class PeeksInALambda {
    private PeeksInALambda() {}

    static LongSupplier first(Memory memory) {
        return () -> memory.peekInt(Memory.WORD);
    }
}
