package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;

/**
 * Free objects as a list that goes through the objects themselves: at {@code offset} in a free
 * object stands the address of the next one, 0 in the last.
 *
 * <pre>
 *   page-&gt;freelist                        offset 0 where nobody may look at a free object,
 *        |                                else behind the object and its red zone
 *        v
 *   | object 3: next --+ | object 4 (in use) | object 5: 0 |
 *                      +-------------------------^
 *
 *   page-&gt;inuse    u16   objects that are not on page-&gt;freelist
 *   page-&gt;objects  u16   all of them; fixed while the page is a slab
 * </pre>
 *
 * <p>The pointers of page-&gt;freelist belong to the slab's lock, those of a CPU's freelist to the
 * CPU. All accesses are plain. A free object is poisoned to everybody else, so the pointers are
 * read and written with metadata access, as mm/slub.c is built without KASAN.
 */
public final class Freelist {
    private static final int HALF = 16;
    private static final int MASK = (1 << HALF) - 1;

    /** Where 2.6.36 keeps offset; S+Q has a tunable of its queues there. */
    static final int OFFSET = KmemCache.CPU_QUEUE;

    private Freelist() {}

    /** Offset of the free pointer in a free object; constant once the cache is open. */
    public static int offset(Memory m, long s) {
        return m.readInt(s + OFFSET);
    }

    /** get_freepointer. */
    static long next(Memory m, long s, long object) {
        long at = object + offset(m, s);
        if (!m.observed()) {
            return m.read(at);
        }
        m.metadataAccessEnable();
        long next = m.read(at);
        m.metadataAccessDisable();
        return next;
    }

    /**
     * get_freepointer_safe: of an object that may be anybody's by now. What it says counts only for
     * who finds out afterwards that the object was free all the time.
     */
    static long nextSafe(Memory m, long s, long object) {
        return m.probeKernelRead(object + offset(m, s));
    }

    /** set_freepointer. */
    static void setNext(Memory m, long s, long object, long next) {
        long at = object + offset(m, s);
        if (!m.observed()) {
            m.write(at, next);
            return;
        }
        m.metadataAccessEnable();
        m.write(at, next);
        m.metadataAccessDisable();
    }

    /** page-&gt;objects; the slab's lock is held. */
    static int objects(Memory m, long page) {
        return m.readInt(page + PageStruct.INUSE) >>> HALF;
    }

    /** page-&gt;inuse; the slab's lock is held. */
    static int inuse(Memory m, long page) {
        return m.readInt(page + PageStruct.INUSE) & MASK;
    }

    /** Both as page-&gt;inuse and page-&gt;objects have them. */
    static int counts(int inuse, int objects) {
        return objects << HALF | inuse & MASK;
    }

    /** Sets both; the slab's lock is held, or the page is private. */
    static void setCounts(Memory m, long page, int inuse, int objects) {
        PageStruct.setSlabCounts(m, page, counts(inuse, objects));
    }

    /** Changes page-&gt;inuse of a slab that others know; its lock is held. */
    static void addInuse(Slub k, long page, int more) {
        int objects = objects(k.m, page);
        k.steps.counts.store(k.m, page, counts(inuse(k.m, page) + more, objects));
    }

    /** data_race of page-&gt;objects, by who keeps the slab from going away. */
    static int racyObjects(Memory m, long page) {
        return m.dataRaceInt(page + PageStruct.INUSE) >>> HALF;
    }

    /** data_race of the objects on page-&gt;freelist, by who keeps the slab from going away. */
    static int racyAvailable(Memory m, long page) {
        int word = m.dataRaceInt(page + PageStruct.INUSE);
        return (word >>> HALF) - (word & MASK);
    }

    /** data_race of page-&gt;inuse, by who keeps the slab from going away. */
    static int racyInuse(Memory m, long page) {
        return m.dataRaceInt(page + PageStruct.INUSE) & MASK;
    }

    // ---- observers

    /** What an observer sees of page-&gt;objects. */
    @Observer
    public static int peekObjects(Memory m, long page) {
        return m.peekInt(page + PageStruct.INUSE) >>> HALF;
    }

    /** What an observer sees of page-&gt;inuse. */
    @Observer
    public static int peekInuse(Memory m, long page) {
        return m.peekInt(page + PageStruct.INUSE) & MASK;
    }

    /** What an observer sees of a cache's offset. */
    @Observer
    public static int peekOffset(Memory m, long s) {
        return m.peekInt(s + OFFSET);
    }
}
