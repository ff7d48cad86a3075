package org.slubcheck.archfixtures.slab;

import org.slubcheck.machine.Memory;

/** Kernel code that has an observer print something, which is allowed. */
final class TellsAnObserver {
    private TellsAnObserver() {}

    static void first(Memory memory, StringBuilder text) {
        Watches.print(memory, text);
    }
}
