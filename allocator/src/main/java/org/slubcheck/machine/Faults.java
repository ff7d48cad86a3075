package org.slubcheck.machine;

/**
 * Failure on demand: the K-th allocation of a kind fails; alone, with a later one, or with all that
 * follow.
 *
 * <p>Attempts are counted, and what fails is kept as the numbers of attempts, in words of memory: so
 * a fork carries on where its template stood, and of several CPUs exactly one makes the K-th. On a
 * kernel built without fault injection nothing is read at all.
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

    /** What the kernel says when it lets a page or an object fail. */
    public static final String FORCED = "FAULT_INJECTION: forcing a failure";

    private static final int ATTEMPTS = 0;
    private static final int FIRST = Memory.WORD;
    private static final int THEN = 2 * Memory.WORD;
    private static final int FAILURES = 3 * Memory.WORD;
    private static final int SIZE = 4 * Memory.WORD;

    /** In {@link #THEN}: every attempt behind the first that fails. */
    private static final long ALL = -1;

    private final Memory memory;
    private final long base;
    private final Failslab failslab;

    private Faults(Memory memory, long base) {
        this.memory = memory;
        this.base = base;
        this.failslab = new Failslab(memory, base + (long) SIZE * Kind.values().length);
    }

    /** Reserves the words in a map; returns their address. */
    public static long reserve(MemoryMap map) {
        long bytes = (long) SIZE * Kind.values().length + Failslab.SIZE;
        return map.reserve("fault_attr", bytes, Memory.WORD);
    }

    /** Fault injection over words reserved in a map. */
    public static Faults at(Memory memory, long address) {
        return new Faults(memory, address);
    }

    /** A kernel built without fault injection. */
    public static Faults none() {
        return new Faults(null, 0);
    }

    /** Lets the k-th attempt from now on fail, counted from 1; 0 calls everything off. */
    public void failAt(Kind kind, long k) {
        arm(kind, k, 0);
    }

    /** Lets two attempts fail: the k-th and the l-th from now on, which is a later one. */
    public void failAt(Kind kind, long k, long l) {
        arm(kind, k, l == 0 ? 0 : number(kind, l));
    }

    /** Lets the k-th attempt from now on fail and every one behind it. */
    public void failFrom(Kind kind, long k) {
        arm(kind, k, ALL);
    }

    private void arm(Kind kind, long k, long then) {
        memory.writeOnce(word(kind) + THEN, then);
        memory.writeOnce(word(kind) + FIRST, k == 0 ? 0 : number(kind, k));
    }

    private long number(Kind kind, long k) {
        return memory.readOnce(word(kind) + ATTEMPTS) + k;
    }

    /** Counts an attempt and says whether it must fail. Any context. */
    public boolean shouldFail(Kind kind) {
        if (memory == null) {
            return false;
        }
        long word = word(kind);
        long attempt = memory.fetchAdd(word + ATTEMPTS, 1) + 1;
        long first = memory.readOnce(word + FIRST);
        if (first == 0 || attempt < first) {
            return false;
        }
        if (attempt > first) {
            long then = memory.readOnce(word + THEN);
            if (then != ALL && then != attempt) {
                return false;
            }
        }
        memory.fetchAdd(word + FAILURES, 1);
        return true;
    }

    /** Objects that fail by chance; nothing may be set on a kernel built without fault injection. */
    public Failslab failslab() {
        return failslab;
    }

    /** Attempts so far; an observer's view, 0 on a kernel built without fault injection. */
    @Observer
    public long attempts(Kind kind) {
        return memory == null ? 0 : memory.peek(word(kind) + ATTEMPTS);
    }

    /** Attempts that were made to fail so far; an observer's view. */
    @Observer
    public long failures(Kind kind) {
        return memory == null ? 0 : memory.peek(word(kind) + FAILURES);
    }

    private long word(Kind kind) {
        return base + (long) SIZE * kind.ordinal();
    }
}
