package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;

/**
 * The map of a slab's free objects: bit i is 1 when object i is free in its slab, 0 when it is in a
 * queue or with a caller.
 *
 * <pre>
 *   objects &lt;= 64   page-&gt;freelist is the map itself
 *   objects  &gt; 64   | object 0 | object 1 | ... | map | tail |
 *                                                ^ page-&gt;freelist
 * </pre>
 *
 * <p>There is no counter beside it: {@link #available} is the weight of the map, and what the
 * kernel calls count_free is the same (S+Q3 16/23). All accesses are plain; the caller holds the
 * slab's lock or owns the page.
 */
public final class FreeMap {
    /** BITS_PER_LONG: a map of this many bits fits the page struct. */
    public static final int BITS = Long.SIZE;

    private FreeMap() {}

    /** page-&gt;objects, a full int since S+Q3 17/23; fixed while the page is a slab. */
    public static int objects(Memory m, long page) {
        return m.readInt(page + PageStruct.INUSE);
    }

    /** Sets page-&gt;objects; the page is private. */
    static void setObjects(Memory m, long page, int objects) {
        PageStruct.setSlabCounts(m, page, objects);
    }

    /** map_in_page_struct. */
    public static boolean inPageStruct(int objects) {
        return objects <= BITS;
    }

    /** map_size: bytes of a map. */
    public static int bytes(int objects) {
        return (objects + BITS - 1) / BITS * Memory.WORD;
    }

    /** map: the address of the first word. */
    public static long address(Memory m, long page) {
        long field = page + PageStruct.FREELIST;
        return inPageStruct(objects(m, page)) ? field : m.read(field);
    }

    /** available: how many objects are free in the slab. */
    public static int available(Memory m, long page) {
        int objects = objects(m, page);
        long map = address(m, page);
        int weight = 0;
        for (int bit = 0; bit < objects; bit += BITS) {
            weight += Long.bitCount(m.read(map + wordOf(bit)) & valid(objects, bit));
        }
        return weight;
    }

    /**
     * data_race of available, for statistics: the slab may be locked by another CPU, which changes
     * the map meanwhile. The caller keeps the slab from going away.
     */
    public static int racyAvailable(Memory m, long page) {
        int objects = objects(m, page);
        long map = address(m, page);
        int weight = 0;
        for (int bit = 0; bit < objects; bit += BITS) {
            long at = map + wordOf(bit);
            long word =
                    m.dataRaceInt(at) & 0xffffffffL
                            | (long) m.dataRaceInt(at + Integer.BYTES) << 32;
            weight += Long.bitCount(word & valid(objects, bit));
        }
        return weight;
    }

    /** inuse: objects that are not free in the slab. */
    public static int inuse(Memory m, long page) {
        return objects(m, page) - available(m, page);
    }

    /** all_objects_available. */
    public static boolean isFull(Memory m, long page) {
        int objects = objects(m, page);
        long map = address(m, page);
        for (int bit = 0; bit < objects; bit += BITS) {
            long valid = valid(objects, bit);
            if ((m.read(map + wordOf(bit)) & valid) != valid) {
                return false;
            }
        }
        return true;
    }

    /** all_objects_used. */
    public static boolean isEmpty(Memory m, long page) {
        return first(m, address(m, page), objects(m, page)) < 0;
    }

    /** bitmap_fill: every object is free. */
    static void fill(Memory m, long page) {
        int objects = objects(m, page);
        long map = address(m, page);
        for (int bit = 0; bit < objects; bit += BITS) {
            m.write(map + wordOf(bit), valid(objects, bit));
        }
    }

    /** bitmap_zero: no object is free. */
    static void zero(Memory m, long page) {
        int objects = objects(m, page);
        long map = address(m, page);
        for (int bit = 0; bit < objects; bit += BITS) {
            m.write(map + wordOf(bit), 0);
        }
    }

    /** find_first_bit over a map: the lowest free object, or -1. */
    static int first(Memory m, long map, int objects) {
        for (int bit = 0; bit < objects; bit += BITS) {
            long word = m.read(map + wordOf(bit)) & valid(objects, bit);
            if (word != 0) {
                return bit + Long.numberOfTrailingZeros(word);
            }
        }
        return -1;
    }

    /** test_bit. */
    public static boolean test(Memory m, long page, int bit) {
        return test(m.read(address(m, page) + wordOf(bit)), bit);
    }

    /** __test_and_set_bit over a map. */
    static boolean testAndSet(Memory m, long map, int bit) {
        long at = map + wordOf(bit);
        long word = m.read(at);
        m.write(at, word | 1L << bit);
        return test(word, bit);
    }

    /** __test_and_clear_bit over a map. */
    static boolean testAndClear(Memory m, long map, int bit) {
        long at = map + wordOf(bit);
        long word = m.read(at);
        if (!test(word, bit)) {
            return false;
        }
        m.write(at, word & ~(1L << bit));
        return true;
    }

    // ---- observers

    /** What an observer sees of page-&gt;objects. */
    @Observer
    public static int peekObjects(Memory m, long page) {
        return m.peekInt(page + PageStruct.INUSE);
    }

    /** True when an observer sees the bit set. */
    @Observer
    public static boolean peek(Memory m, long page, int bit) {
        long field = page + PageStruct.FREELIST;
        long map = inPageStruct(peekObjects(m, page)) ? field : m.peek(field);
        return test(m.peek(map + wordOf(bit)), bit);
    }

    /** Where an observer sees the padding at the end of a slab begin, from its start. */
    @Observer
    public static long peekTail(Memory m, long s, long page, long start) {
        int objects = peekObjects(m, page);
        return inPageStruct(objects)
                ? (long) objects * m.peekInt(s + KmemCache.SIZE)
                : m.peek(page + PageStruct.FREELIST) + bytes(objects) - start;
    }

    private static boolean test(long word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    private static long wordOf(int bit) {
        return (long) (bit >>> 6) << 3;
    }

    /** The bits of the word that starts at a bit which stand for objects. */
    private static long valid(int objects, int bit) {
        int left = objects - bit;
        return left >= BITS ? -1L : (1L << left) - 1;
    }
}
