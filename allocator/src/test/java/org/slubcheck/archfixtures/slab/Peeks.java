package org.slubcheck.archfixtures.slab;

import org.slubcheck.machine.Memory;

/** Kernel code that reads past the checks. */
final class Peeks {
    private Peeks() {}

    static long first(Memory memory) {
        return memory.peek(Memory.WORD);
    }
}
