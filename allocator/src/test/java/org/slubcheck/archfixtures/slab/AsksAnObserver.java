package org.slubcheck.archfixtures.slab;

import org.slubcheck.machine.Memory;

/** Kernel code that has somebody else read past the checks. */
final class AsksAnObserver {
    private AsksAnObserver() {}

    static long first(Memory memory) {
        return Watches.seen(memory);
    }
}
