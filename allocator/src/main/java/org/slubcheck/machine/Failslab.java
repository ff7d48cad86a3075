package org.slubcheck.machine;

/**
 * should_failslab: requests for objects that fail by chance and by count, with the knobs of a {@link
 * FaultAttr} (lib/fault-inject.c of 2.6.36, A. Mita).
 *
 * <p>The state is words in memory. The same seed and the same requests give the same failures; what
 * several CPUs ask for at once fails in no certain order, but never more often than {@code times}.
 */
public final class Failslab {
    private static final int ON = 0;
    private static final int INTERVAL = Memory.WORD;
    private static final int PROBABILITY = 2 * Memory.WORD;
    private static final int TIMES = 3 * Memory.WORD;
    private static final int SPACE = 4 * Memory.WORD;
    private static final int IGNORE_GFP_WAIT = 5 * Memory.WORD;
    private static final int CACHE_FILTER = 6 * Memory.WORD;
    private static final int COUNT = 7 * Memory.WORD;
    private static final int RANDOM = 8 * Memory.WORD;

    /** Bytes of all that. */
    static final int SIZE = 9 * Memory.WORD;

    /** Numbers that are this far apart look unrelated when {@link #mixed}. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final Memory memory;
    private final long base;

    Failslab(Memory memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    /** Sets all knobs, and begins to count and to draw anew. */
    public void set(FaultAttr attr) {
        write(INTERVAL, attr.interval());
        write(PROBABILITY, attr.probability());
        write(TIMES, attr.times());
        write(SPACE, attr.space());
        write(IGNORE_GFP_WAIT, attr.ignoreGfpWait() ? 1 : 0);
        write(CACHE_FILTER, attr.cacheFilter() ? 1 : 0);
        write(COUNT, 0);
        write(RANDOM, attr.seed());
        write(ON, 1);
    }

    /** Nothing fails any more. */
    public void off() {
        write(ON, 0);
    }

    /** Whether knobs are set. */
    public boolean isOn() {
        return memory != null && read(ON) != 0;
    }

    /**
     * Whether a request fails. Any context.
     *
     * @param size bytes of an object
     * @param maySleep __GFP_WAIT
     * @param marked the cache has SLAB_FAILSLAB
     */
    public boolean shouldFail(long size, boolean maySleep, boolean marked) {
        if (!isOn()
                || maySleep && read(IGNORE_GFP_WAIT) != 0
                || !marked && read(CACHE_FILTER) != 0) {
            return false;
        }
        long times = read(TIMES);
        if (times == 0) {
            return false;
        }
        if (read(SPACE) > size) {
            memory.fetchAdd(base + SPACE, -size);
            return false;
        }
        long interval = read(INTERVAL);
        if (interval > 1 && (memory.fetchAdd(base + COUNT, 1) + 1) % interval != 0) {
            return false;
        }
        if (read(PROBABILITY) <= drawn()) {
            return false;
        }
        // Of two CPUs that take the last of them one gets its object after all.
        while (times > 0 && !memory.cmpxchg(base + TIMES, times, times - 1)) {
            times = read(TIMES);
        }
        return times != 0;
    }

    /** 0 to 99. */
    private long drawn() {
        return Long.remainderUnsigned(mixed(memory.fetchAdd(base + RANDOM, GOLDEN) + GOLDEN), 100);
    }

    private static long mixed(long number) {
        long z = (number ^ number >>> 32) * GOLDEN;
        z = (z ^ z >>> 29) * GOLDEN;
        return z ^ z >>> 32;
    }

    private long read(int word) {
        return memory.readOnce(base + word);
    }

    private void write(int word, long value) {
        memory.writeOnce(base + word, value);
    }
}
