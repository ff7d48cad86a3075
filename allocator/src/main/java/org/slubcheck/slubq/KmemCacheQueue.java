package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_queue: a stack of object pointers, the hottest on top.
 *
 * <pre>
 *   0  objects (int)   4  max (int)    read and written together, as one word
 *   8  shared                          the shared queue's address; no queue is shared yet
 *  16  object[max]                     object[0] is the coldest
 * </pre>
 *
 * <p>Static accessors over the queue's address. All are plain: the owning CPU has its irqs off.
 * Whoever looks at another CPU's queue under slub_lock sees a count that may change meanwhile
 * (rule B of S+Q3 15/23) and reads it with {@link #racyObjects}.
 */
public final class KmemCacheQueue {
    /** Where the fields stand; the objects follow. */
    public static final StructLayout LAYOUT =
            StructLayout.of("kmem_cache_queue")
                    .integer("objects")
                    .integer("max")
                    .word("shared")
                    .build();

    public static final int OBJECTS = LAYOUT.offset("objects");
    public static final int MAX = LAYOUT.offset("max");
    public static final int SHARED = LAYOUT.offset("shared");
    public static final int OBJECT = LAYOUT.size();

    private KmemCacheQueue() {}

    /** Objects in the queue. */
    public static int objects(Memory m, long q) {
        return (int) m.read(q);
    }

    /** The queue's capacity. */
    public static int max(Memory m, long q) {
        return (int) (m.read(q) >>> Integer.SIZE);
    }

    /** An empty queue of a capacity, in a private area. */
    static void init(Memory m, long q, int max) {
        m.write(q, (long) max << Integer.SIZE);
        m.write(q + SHARED, 0);
    }

    /** Sets the number of objects; the capacity stays. */
    static void setObjects(Memory m, long q, int objects) {
        m.write(q, m.read(q) >>> Integer.SIZE << Integer.SIZE | objects & 0xffffffffL);
    }

    /** The address of object[i]. */
    public static long slot(long q, int i) {
        return q + OBJECT + ((long) i << 3);
    }

    /** queue_put: pushes on top; there is room. */
    static void put(Memory m, long q, long object) {
        long word = m.read(q);
        m.write(slot(q, (int) word), object);
        m.write(q, word + 1);
    }

    /** queue_get: pops from the top; the queue is not empty. */
    static long get(Memory m, long q) {
        long word = m.read(q) - 1;
        m.write(q, word);
        return m.read(slot(q, (int) word));
    }

    /** Drops the coldest objects and moves the rest down; the ranges may overlap. */
    static void slide(Memory m, long q, int dropped) {
        int left = objects(m, q) - dropped;
        for (int i = 0; i < left; i++) {
            m.write(slot(q, i), m.read(slot(q, i + dropped)));
        }
        setObjects(m, q, left);
    }

    /** data_race of objects: the queue of another CPU, which goes on working. */
    static int racyObjects(Memory m, long q) {
        return m.dataRaceInt(q + OBJECTS);
    }

    /** data_race of max: as {@link #racyObjects}. It never changes, but shares a word that does. */
    static int racyMax(Memory m, long q) {
        return m.dataRaceInt(q + MAX);
    }

    // ---- observers

    /** What an observer sees of the number of objects. */
    public static int peekObjects(Memory m, long q) {
        return m.peekInt(q + OBJECTS);
    }

    /** What an observer sees of the capacity. */
    public static int peekMax(Memory m, long q) {
        return m.peekInt(q + MAX);
    }
}
