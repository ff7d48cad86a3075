package org.slubcheck.archfixtures.slab;

import java.util.function.LongUnaryOperator;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;

/** An observer, which may peek, be it in a lambda or in a nested class. */
@Observer
final class Watches {
    private Watches() {}

    static long seen(Memory memory) {
        LongUnaryOperator peek = memory::peek;
        return peek.applyAsLong(Memory.WORD) + Nested.seen(memory);
    }

    static void print(Memory memory, StringBuilder text) {
        text.append(memory.peek(Memory.WORD));
    }

    private static final class Nested {
        private Nested() {}

        static long seen(Memory memory) {
            return memory.peek(Memory.WORD);
        }
    }
}
