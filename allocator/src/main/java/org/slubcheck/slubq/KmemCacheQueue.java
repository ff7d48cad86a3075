package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_queue: a stack of object pointers, the hottest on top. Queues of CPUs, queues
 * that CPUs share and queues for objects of other nodes all are such (S+Q3 20/23 and 21/23).
 *
 * <pre>
 *   0  objects (int)  4  max (short)  6  touched (short)   read and written together, as one word
 *   8  in a CPU's queue: shared, the shared queue's address or 0
 *      in a shared or alien queue: the spin lock over it
 *  16  object[max]                                         object[0] is the coldest
 * </pre>
 *
 * <p>{@code touched} (October 2010) says that the queue was used since it was last drained or
 * looked at by expiry, which passes over it then.
 *
 * <p>Static accessors over the queue's address. All are plain: the owning CPU has its irqs off, or
 * the queue's lock is held.
 * Whoever looks at another CPU's queue under slub_lock sees a count that may change meanwhile
 * (rule B of S+Q3 15/23) and reads it with {@link #racyObjects}.
 */
public final class KmemCacheQueue {
    /** Where the fields stand; the objects follow. */
    public static final StructLayout LAYOUT =
            StructLayout.of("kmem_cache_queue")
                    .integer("objects")
                    .half("max")
                    .half("touched")
                    .word("shared")
                    .build();

    public static final int OBJECTS = LAYOUT.offset("objects");
    public static final int MAX = LAYOUT.offset("max");
    public static final int SHARED = LAYOUT.offset("shared");

    /** The lock of a shared or alien queue stands where a CPU queue has its shared pointer. */
    public static final int LOCK = SHARED;

    public static final int OBJECT = LAYOUT.size();

    /** The bit of the first word that stands for touched. */
    static final long TOUCHED = 1L << 48;

    private static final long OBJECTS_MASK = 0xffffffffL;
    private static final int MAX_MASK = 0xffff;

    private KmemCacheQueue() {}

    /** Objects in the queue. */
    public static int objects(Memory m, long q) {
        return (int) m.read(q);
    }

    /** The queue's capacity. */
    public static int max(Memory m, long q) {
        return max(m.read(q));
    }

    /** The capacity in a first word. */
    static int max(long word) {
        return (int) (word >>> Integer.SIZE) & MAX_MASK;
    }

    /** True when the queue has no room. */
    public static boolean isFull(Memory m, long q) {
        return isFull(m.read(q));
    }

    /** Whether the queue of a first word has no room: as many objects as it holds at most. */
    static boolean isFull(long word) {
        return ((word ^ word >>> Integer.SIZE) & MAX_MASK) == 0;
    }

    /** touched: the queue was used since the last drain and the last look of expiry. */
    static boolean touched(Memory m, long q) {
        return (m.read(q) & TOUCHED) != 0;
    }

    /** Sets touched. */
    static void setTouched(Memory m, long q, boolean touched) {
        m.write(q, touched ? m.read(q) | TOUCHED : m.read(q) & ~TOUCHED);
    }

    /** An empty, untouched queue of a capacity, in a private area; no shared queue, no lock held. */
    public static void init(Memory m, long q, int max) {
        m.write(q, (long) (max & MAX_MASK) << Integer.SIZE);
        m.write(q + SHARED, 0);
    }

    /** Sets the number of objects; the rest of the word stays. */
    public static void setObjects(Memory m, long q, int objects) {
        m.write(q, m.read(q) & ~OBJECTS_MASK | objects & OBJECTS_MASK);
    }

    /** The address of object[i]. */
    public static long slot(long q, int i) {
        return q + OBJECT + ((long) i << 3);
    }

    /** queue_put: pushes on top; there is room. Says whether the queue counts as touched then. */
    static void put(Memory m, long q, long object, boolean touched) {
        long word = m.read(q) & ~TOUCHED;
        m.write(slot(q, (int) word), object);
        m.write(q, word + 1 | (touched ? TOUCHED : 0));
    }

    /**
     * queue_get: pops from the top and touches the queue, which must not be empty: what a pop from
     * an empty one gives is the word below object[0].
     */
    public static long get(Memory m, long q) {
        long word = m.read(q);
        int top = (int) word - 1;
        m.write(q, word & ~OBJECTS_MASK | top & OBJECTS_MASK | TOUCHED);
        return m.read(slot(q, top));
    }

    /** Copies objects from slots of a queue to lower ones, or to another queue, upwards. */
    public static void copy(Memory m, long to, int at, long from, int first, int count) {
        for (int i = 0; i < count; i++) {
            m.write(slot(to, at + i), m.read(slot(from, first + i)));
        }
    }

    /** data_race of objects: the queue of another CPU, which goes on working. */
    public static int racyObjects(Memory m, long q) {
        return m.dataRaceInt(q + OBJECTS);
    }

    /** data_race of max: as {@link #racyObjects}. It never changes, but shares a word that does. */
    static int racyMax(Memory m, long q) {
        return m.dataRaceInt(q + MAX) & MAX_MASK;
    }

    /** data_race of touched: as {@link #racyObjects}. */
    static boolean racyTouched(Memory m, long q) {
        return m.dataRaceInt(q + MAX) >>> Short.SIZE != 0;
    }

    /** Drops the coldest objects and moves the rest down; the ranges may overlap. */
    static void slide(Memory m, long q, int dropped) {
        int left = objects(m, q) - dropped;
        copy(m, q, 0, q, dropped, left);
        setObjects(m, q, left);
    }

    // ---- observers

    /** What an observer sees of the number of objects. */
    @Observer
    public static int peekObjects(Memory m, long q) {
        return m.peekInt(q + OBJECTS);
    }

    /** What an observer sees of the capacity. */
    @Observer
    public static int peekMax(Memory m, long q) {
        return m.peekInt(q + MAX) & MAX_MASK;
    }
}
