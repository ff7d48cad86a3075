package org.slubcheck.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The floor of the emulation: a stack of object addresses inside one {@code long[]}, around which a
 * line word is taken by compare-and-exchange and given back by a release store.
 *
 * <p>Nobody who keeps his queue in the simulated memory and turns irqs off by a word of it can be
 * faster than this: one locked instruction, a load, two stores. What the allocator takes beyond it is
 * the price of being a slab allocator with its context checks.
 *
 * <pre>
 *   0   line          0 is free
 *   64  objects       behind a cache line of its own, like the line
 *   65  object[max]   object[0] is the coldest
 *       memory        where the objects are
 * </pre>
 */
final class LineStack {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int LINE = 0;
    private static final int OBJECTS = 64;
    private static final int OBJECT_WORDS = 8;

    private final long[] words;

    /** A stack that is full of this many objects of 64 bytes. */
    LineStack(int max) {
        int memory = OBJECTS + 1 + max;
        words = new long[memory + max * OBJECT_WORDS];
        for (int i = 0; i < max; i++) {
            words[OBJECTS + 1 + i] = memory + (long) i * OBJECT_WORDS;
        }
        words[OBJECTS] = max;
    }

    /** Takes the hottest object: an index, in words. The stack is not empty. */
    long pop() {
        take();
        int left = (int) words[OBJECTS] - 1;
        long object = words[OBJECTS + 1 + left];
        words[OBJECTS] = left;
        WORDS.setRelease(words, LINE, 0L);
        return object;
    }

    /** Gives an object back. */
    void push(long object) {
        take();
        int count = (int) words[OBJECTS];
        words[OBJECTS + 1 + count] = object;
        words[OBJECTS] = count + 1L;
        WORDS.setRelease(words, LINE, 0L);
    }

    /** Writes the first word of an object. */
    void write(long object, long value) {
        words[(int) object] = value;
    }

    /** How many objects are in the stack. */
    int objects() {
        return (int) words[OBJECTS];
    }

    private void take() {
        while (!WORDS.compareAndSet(words, LINE, 0L, 1L)) {
            Thread.onSpinWait();
        }
    }
}
