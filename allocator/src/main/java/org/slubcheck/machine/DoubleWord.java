package org.slubcheck.machine;

/**
 * A pointer and a count that one instruction changes together: cmpxchg_double. Memory has no store
 * wider than a word, so the two are packed into one.
 *
 * <pre>
 *   63           32 31            0
 *   | count        | pointer &gt;&gt; 3  |
 * </pre>
 *
 * <p>A pointer is to a word or 0; memory has less than 2^31 words. The count has 32 bits, where the
 * kernel's has 64.
 */
public final class DoubleWord {
    private static final int COUNT_SHIFT = 32;
    private static final int POINTER_SHIFT = 3;
    private static final long POINTER = (1L << COUNT_SHIFT) - 1;

    private DoubleWord() {}

    /** Both in a word. */
    public static long of(long pointer, int count) {
        return (long) count << COUNT_SHIFT | pointer >>> POINTER_SHIFT;
    }

    /** The pointer in a word. */
    public static long pointer(long word) {
        return (word & POINTER) << POINTER_SHIFT;
    }

    /** The count in a word. */
    public static int count(long word) {
        return (int) (word >>> COUNT_SHIFT);
    }

    /** READ_ONCE of the pointer alone. */
    public static long readOncePointer(Memory m, long address) {
        return pointer(m.readOnceInt(address));
    }

    /** smp_load_acquire of the count alone. */
    public static int loadAcquireCount(Memory m, long address) {
        return count(m.loadAcquire(address));
    }

    /**
     * this_cpu_cmpxchg_double: stores a word, fully ordered, if pointer and count are both as
     * they were seen; true if so. It is no lock: who fails, starts again.
     */
    public static boolean cmpxchg(Memory m, long address, long seen, long next) {
        return m.cmpxchg(address, seen, next);
    }

    /** Adds to the count by one instruction, fully ordered; it comes round. The pointer stays. */
    public static void addCount(Memory m, long address, int more) {
        m.fetchAdd(address, (long) more << COUNT_SHIFT);
    }

    /** WRITE_ONCE of the pointer; nobody else stores to the word meanwhile. */
    public static void writeOncePointer(Memory m, long address, long pointer) {
        m.writeOnce(address, of(pointer, count(m.readOnce(address))));
    }

    /** What an observer sees of the pointer. */
    @Observer
    public static long peekPointer(Memory m, long address) {
        return pointer(m.peek(address));
    }
}
