package org.slubcheck.trace;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.slubcheck.machine.Progress;

/**
 * Where the objects of a replay are remembered, and who may use which slot next.
 *
 * <p>A slot counts up: 2 turn means empty and meant for the object of that turn, 2 turn + 1 means
 * that object is there. The count is released after the address is written and acquired before it is
 * read, so the address itself needs no order.
 *
 * <p>Slots come in chunks that never move; {@link #grow} is called while nothing runs.
 */
final class ReplaySlots {
    private static final int SHIFT = 12;
    private static final int CHUNK = 1 << SHIFT;

    private long[][] objects = new long[0][];
    private int[][] caches = new int[0][];
    private AtomicIntegerArray[] counts = new AtomicIntegerArray[0];

    int size() {
        return objects.length << SHIFT;
    }

    /** Room for at least so many slots. */
    void grow(int slots) {
        int chunks = Math.max((slots + CHUNK - 1) >> SHIFT, objects.length * 2);
        long[][] moreObjects = new long[chunks][];
        int[][] moreCaches = new int[chunks][];
        AtomicIntegerArray[] moreCounts = new AtomicIntegerArray[chunks];
        for (int i = 0; i < chunks; i++) {
            boolean old = i < objects.length;
            moreObjects[i] = old ? objects[i] : new long[CHUNK];
            moreCaches[i] = old ? caches[i] : new int[CHUNK];
            moreCounts[i] = old ? counts[i] : new AtomicIntegerArray(CHUNK);
        }
        objects = moreObjects;
        caches = moreCaches;
        counts = moreCounts;
    }

    long object(int slot) {
        return objects[slot >> SHIFT][slot & CHUNK - 1];
    }

    /** Remembers an object and which cache of the trace it is of; 0 for none. */
    void setObject(int slot, long object, int cache) {
        objects[slot >> SHIFT][slot & CHUNK - 1] = object;
        caches[slot >> SHIFT][slot & CHUNK - 1] = cache;
    }

    /** All objects that are remembered, of the caches that are wanted. While nothing runs. */
    long[] objects(IntPredicate cacheWanted) {
        return IntStream.range(0, size())
                .filter(slot -> object(slot) != 0)
                .filter(slot -> cacheWanted.test(caches[slot >> SHIFT][slot & CHUNK - 1]))
                .mapToLong(this::object)
                .toArray();
    }

    /** Waits until the slot is empty and meant for the object of this turn. */
    void awaitEmpty(Progress progress, int slot, int turn) {
        awaitCount(progress, slot, 2 * turn);
    }

    /** Waits until the object of this turn is there. */
    void awaitFilled(Progress progress, int slot, int turn) {
        awaitCount(progress, slot, 2 * turn + 1);
    }

    private void awaitCount(Progress progress, int slot, int wanted) {
        if (count(slot) != wanted) {
            progress.await(() -> count(slot) != wanted, "the operation before in slot " + slot);
        }
    }

    /** The object of this turn is there. */
    void filled(int slot, int turn) {
        counts[slot >> SHIFT].setRelease(slot & CHUNK - 1, 2 * turn + 1);
    }

    /** The object of this turn is gone. */
    void emptied(int slot, int turn) {
        counts[slot >> SHIFT].setRelease(slot & CHUNK - 1, 2 * turn + 2);
    }

    private int count(int slot) {
        return counts[slot >> SHIFT].getAcquire(slot & CHUNK - 1);
    }
}
