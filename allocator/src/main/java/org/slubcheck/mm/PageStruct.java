package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;

/**
 * struct page of Linux 2.6.35 on x86-64, 56 bytes, with the unions that the slab and page
 * allocators use.
 *
 * <pre>
 *   0  flags                         8  _count (int)   12  _mapcount (int)
 *  16  private                                         12  inuse (u16), 14 objects (u16)
 *      slab        (a slab's head: its kmem_cache)
 *      first_page  (a tail page: its head)
 *  24  mapping
 *  32  index, freelist
 *  40  lru         (page[1].lru.prev of a compound page holds its order)
 *
 *   flags:  63      58 57   55                    19   15 14      7      0
 *           |  node   |  zone |  ...  | PG_buddy | tail head | slab | locked |
 * </pre>
 *
 * <p><b>Locking.</b> {@link #PG_LOCKED} is the bit lock of a slab, so others try to change the word
 * at any time while the page is a live slab: change {@code flags} then only while
 * holding that very lock, or while the page is private (not yet published, or
 * taken off every list). The page allocator looks at the flags of any page when it merges its
 * neighbour; therefore every access to {@code flags} is at least READ_ONCE or WRITE_ONCE. The other
 * fields are plain: {@code inuse} and {@code freelist} belong to the slab lock, {@code lru} to the
 * lock of its list, the rest to whoever owns the page. {@code inuse} and {@code objects} share a
 * word with {@code _count}, which belongs to everybody: who has an object may take a reference to the
 * page that it is in. So each half is changed by itself, {@code _count} by atomic operations.
 */
public final class PageStruct {
    /** Offset of flags. */
    public static final int FLAGS = 0;

    /** Offset of _count. */
    public static final int COUNT = 8;

    /** Offset of _mapcount; -1 on a page that is no slab. */
    public static final int MAPCOUNT = 12;

    /** Offset of the int whose low half is inuse and whose high half is objects. */
    public static final int INUSE = 12;

    /** Offset of private: the order of a free block. */
    public static final int PRIVATE = 16;

    /** Offset of slab: the kmem_cache that a slab belongs to. */
    public static final int SLAB = 16;

    /** Offset of first_page of a tail page. */
    public static final int FIRST_PAGE = 16;

    /** Offset of mapping; NULL on every page of a kernel without files. */
    public static final int MAPPING = 24;

    /** Offset of freelist: a slab's free objects. */
    public static final int FREELIST = 32;

    /** Offset of index: the other name of {@link #FREELIST}. */
    public static final int INDEX = 32;

    /** Offset of the list_head lru. */
    public static final int LRU = 40;

    /** sizeof(struct page). */
    public static final int SIZE = 56;

    /** PG_locked: the bit lock of a slab. */
    public static final long PG_LOCKED = 1L;

    /** PG_error; SLUB keeps its debug state there. */
    public static final long PG_ERROR = 1L << 1;

    /** PG_active; SLUB calls it frozen. */
    public static final long PG_ACTIVE = 1L << 6;

    /** PG_slab: the page belongs to a slab allocator. */
    public static final long PG_SLAB = 1L << 7;

    /** PG_reserved: never to be handed out. */
    public static final long PG_RESERVED = 1L << 10;

    /** PG_head: the first page of a compound page. */
    public static final long PG_HEAD = 1L << 14;

    /** PG_tail: any other page of a compound page. */
    public static final long PG_TAIL = 1L << 15;

    /** PG_buddy: the first page of a block on the page allocator's lists. */
    public static final long PG_BUDDY = 1L << 19;

    /** PAGE_FLAGS_CHECK_AT_FREE: what no page may carry when it is given back. */
    public static final long CHECK_AT_FREE =
            PG_LOCKED | PG_ACTIVE | PG_SLAB | PG_RESERVED | PG_BUDDY;

    /** Where the fields stand, by the names that a slab gives them. */
    public static final StructLayout LAYOUT =
            StructLayout.of("page")
                    .word("flags")
                    .integer("_count")
                    .integer("inuse")
                    .word("slab")
                    .word("mapping")
                    .word("freelist")
                    .embed("lru", ListHead.LAYOUT)
                    .build();

    private static final int NODE_SHIFT = 58;
    private static final int ZONE_SHIFT = 55;
    private static final long ZONE_BITS = 7;
    private static final long LOW_BITS = (1L << ZONE_SHIFT) - 1;
    private static final Zone[] ZONES = Zone.values();

    private PageStruct() {}

    /** A page with no reference, no mapping and on no list; with these flags. Private. */
    static void init(Memory m, long page, long flags) {
        m.writeOnce(page + FLAGS, flags);
        m.writeInt(page + COUNT, 0);
        resetMapcount(m, page);
        m.write(page + PRIVATE, 0);
        m.write(page + MAPPING, 0);
        m.write(page + INDEX, 0);
        ListHead.init(m, lru(page));
    }

    // ---- flags

    /** READ_ONCE of flags, node and zone included. */
    public static long flags(Memory m, long page) {
        return m.readOnce(page + FLAGS);
    }

    /** test_bit: true when any of these bits is set. */
    public static boolean test(Memory m, long page, long bits) {
        return (flags(m, page) & bits) != 0;
    }

    /** __set_bit: sets bits without atomicity; see the class comment for who may. */
    public static void setFlags(Memory m, long page, long bits) {
        m.writeOnce(page + FLAGS, flags(m, page) | bits);
    }

    /** __clear_bit: clears bits without atomicity; see the class comment for who may. */
    public static void clearFlags(Memory m, long page, long bits) {
        m.writeOnce(page + FLAGS, flags(m, page) & ~bits);
    }

    /** page_to_nid. */
    public static int node(Memory m, long page) {
        return (int) (flags(m, page) >>> NODE_SHIFT);
    }

    /** page_zonenum. */
    public static Zone zone(Memory m, long page) {
        return ZONES[(int) (flags(m, page) >>> ZONE_SHIFT & ZONE_BITS)];
    }

    /** The flags of a fresh page of a node and zone. */
    static long links(int node, Zone zone) {
        return (long) node << NODE_SHIFT | (long) zone.ordinal() << ZONE_SHIFT;
    }

    /** PageSlab. */
    public static boolean isSlab(Memory m, long page) {
        return test(m, page, PG_SLAB);
    }

    /** PageSlab and no tail: the first page of a slab, at one look. */
    public static boolean isSlabHead(Memory m, long page) {
        return (flags(m, page) & (PG_SLAB | PG_TAIL)) == PG_SLAB;
    }

    /** PageHead. */
    public static boolean isHead(Memory m, long page) {
        return test(m, page, PG_HEAD);
    }

    /** PageTail. */
    public static boolean isTail(Memory m, long page) {
        return test(m, page, PG_TAIL);
    }

    /** PageBuddy; only certain under zone-&gt;lock. */
    public static boolean isBuddy(Memory m, long page) {
        return test(m, page, PG_BUDDY);
    }

    // ---- counts

    /** _count: references; 0 on a free page and inside a block. */
    public static int count(Memory m, long page) {
        return m.readInt(page + COUNT);
    }

    /** reset_page_mapcount: gives inuse and objects back; before a slab's pages are freed. */
    public static void resetMapcount(Memory m, long page) {
        m.writeIntAlone(page + MAPCOUNT, -1);
    }

    /** Stores inuse and objects, and leaves _count alone. Under the slab lock, or private. */
    public static void setSlabCounts(Memory m, long page, int inuseAndObjects) {
        m.writeIntAlone(page + INUSE, inuseAndObjects);
    }

    // ---- pointers

    /** private: the order of a free block. Under zone-&gt;lock. */
    public static int buddyOrder(Memory m, long page) {
        return (int) m.read(page + PRIVATE);
    }

    /** slab: the kmem_cache of a slab's head page. */
    public static long slab(Memory m, long page) {
        return m.read(page + SLAB);
    }

    /** Sets slab. Private. */
    public static void setSlab(Memory m, long page, long cache) {
        m.write(page + SLAB, cache);
    }

    /** first_page: the head of a tail page. */
    public static long firstPage(Memory m, long page) {
        return m.read(page + FIRST_PAGE);
    }

    /** freelist. Under the slab lock, or private. */
    public static long freelist(Memory m, long page) {
        return m.read(page + FREELIST);
    }

    /** Sets freelist. Under the slab lock, or private. */
    public static void setFreelist(Memory m, long page, long freelist) {
        m.write(page + FREELIST, freelist);
    }

    /** The address of the list_head lru. */
    public static long lru(long page) {
        return page + LRU;
    }

    /** The page that a list_head lru is embedded in. */
    public static long ofLru(long lru) {
        return lru - LRU;
    }

    // ---- compound pages

    /** compound_head: the page itself unless it is a tail. */
    public static long head(Memory m, long page) {
        return isTail(m, page) ? firstPage(m, page) : page;
    }

    /** compound_order: the order of a compound page, given its head; 0 for a single page. */
    public static int compoundOrder(Memory m, long page) {
        return isHead(m, page) ? (int) m.read(page + SIZE + LRU + ListHead.PREV) : 0;
    }

    /** compound_order as an observer sees it, given the head; whatever stands there if it is broken. */
    @Observer
    public static int peekOrder(Memory m, long page) {
        return (m.peek(page + FLAGS) & PG_HEAD) == 0
                ? 0
                : (int) m.peek(page + SIZE + LRU + ListHead.PREV);
    }

    /** prep_compound_page: makes head and tails of a private block. */
    static void prepareCompound(Memory m, long page, int order) {
        m.write(page + SIZE + LRU + ListHead.PREV, order);
        setFlags(m, page, PG_HEAD);
        for (int i = 1; i < 1 << order; i++) {
            long tail = page + (long) i * SIZE;
            setFlags(m, tail, PG_TAIL);
            m.write(tail + FIRST_PAGE, page);
        }
    }

    /** dump_page: the fields for a report of a broken page. */
    static String dump(Memory m, long page) {
        return String.format(
                "page:%016x count:%d mapcount:%d mapping:%016x index:0x%x\npage flags: 0x%x",
                page,
                m.readInt(page + COUNT),
                m.readInt(page + MAPCOUNT) + 1,
                m.read(page + MAPPING),
                m.read(page + INDEX),
                flags(m, page) & LOW_BITS);
    }
}
