package org.slubcheck.stress.canary;

import org.slubcheck.machine.Memory;

/** A memory of two words, on different cache lines so that the hardware may reorder them. */
abstract class Words {
    static final long X = 64;
    static final long Y = 192;
    private static final long BYTES = 256;

    final Memory memory = Memory.plain(BYTES);
}
