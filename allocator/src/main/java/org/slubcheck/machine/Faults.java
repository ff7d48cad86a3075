package org.slubcheck.machine;

/**
 * Failure on demand: the K-th allocation of a kind fails, once.
 *
 * <p>The countdowns and counters are words in memory, so that a fork carries on where its template
 * stood. On a kernel built without fault injection nothing is read at all.
 */
public final class Faults {
    /** What can fail. */
    public enum Kind {
        /** A block from the page allocator. */
        PAGE("page"),
        /** A per-CPU area. */
        PERCPU("percpu"),
        /** An object of a slab cache, kmalloc included (failslab). */
        SLAB("slab"),
        /** A name made by kasprintf. */
        NAME("name"),
        /** An entry of the sysfs tree. */
        SYSFS("sysfs");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The word for it on the command line. */
        public String label() {
            return label;
        }
    }

    private final Memory memory;
    private final long base;

    private Faults(Memory memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    /** Reserves the words in a map; returns their address. */
    public static long reserve(MemoryMap map) {
        return map.reserve("fault_attr", 2L * Memory.WORD * Kind.values().length, Memory.WORD);
    }

    /** Fault injection over words reserved in a map. */
    public static Faults at(Memory memory, long address) {
        return new Faults(memory, address);
    }

    /** A kernel built without fault injection. */
    public static Faults none() {
        return new Faults(null, 0);
    }

    /** Lets the k-th attempt from now on fail, counted from 1; 0 calls it off. */
    public void failAt(Kind kind, long k) {
        memory.writeOnce(countdown(kind), k);
    }

    /** Counts an attempt and says whether it must fail. Any context. */
    public boolean shouldFail(Kind kind) {
        if (memory == null) {
            return false;
        }
        memory.fetchAdd(countdown(kind) + Memory.WORD, 1);
        if (memory.readOnce(countdown(kind)) <= 0) {
            return false;
        }
        return memory.fetchAdd(countdown(kind), -1) == 1;
    }

    /** Attempts so far; an observer's view, 0 on a kernel built without fault injection. */
    @Observer
    public long attempts(Kind kind) {
        return memory == null ? 0 : memory.peek(countdown(kind) + Memory.WORD);
    }

    private long countdown(Kind kind) {
        return base + 2L * Memory.WORD * kind.ordinal();
    }
}
