package org.slubcheck.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The marked accesses to a word, each by its order. They are here and not in the checked memory
 * because a model checker instruments that one, and what is instrumented is a place to switch at.
 */
final class Marked {
    private static final VarHandle ARRAY = MethodHandles.arrayElementVarHandle(long[].class);

    private Marked() {}

    static long load(long[] array, int i) {
        return (long) ARRAY.getOpaque(array, i);
    }

    static void store(long[] array, int i, long value) {
        ARRAY.setOpaque(array, i, value);
    }

    static long acquire(long[] array, int i) {
        return (long) ARRAY.getAcquire(array, i);
    }

    static void release(long[] array, int i, long value) {
        ARRAY.setRelease(array, i, value);
    }

    static boolean compareAndSet(long[] array, int i, long expected, long value) {
        return ARRAY.compareAndSet(array, i, expected, value);
    }

    /** Returns what was there before. */
    static long add(long[] array, int i, long delta) {
        return (long) ARRAY.getAndAdd(array, i, delta);
    }
}
