package org.slubcheck.archfixtures.slab;

import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;

/** Takes an irq line past the task's record. */
public final class TakesLines {
    /** Does what only a fast path may. */
    public void section(Memory m, long line) {
        Machine.irqTryEnter(m, line, 0);
        Machine.irqLeave(m, line);
    }
}
