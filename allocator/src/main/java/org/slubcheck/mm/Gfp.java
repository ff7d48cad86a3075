package org.slubcheck.mm;

import java.util.StringJoiner;

/**
 * The gfp flags of Linux 2.6.35, with their values; {@code Gfp.WAIT} is {@code __GFP_WAIT}, {@code
 * Gfp.KERNEL} is {@code GFP_KERNEL}.
 */
public final class Gfp {
    /** __GFP_DMA: from ZONE_DMA. */
    public static final int DMA = 0x01;

    /** __GFP_HIGHMEM: may come from ZONE_HIGHMEM. */
    public static final int HIGHMEM = 0x02;

    /** __GFP_DMA32: from ZONE_DMA32. */
    public static final int DMA32 = 0x04;

    /** __GFP_MOVABLE: can be moved; with HIGHMEM, may come from ZONE_MOVABLE. */
    public static final int MOVABLE = 0x08;

    /** __GFP_WAIT: the caller may sleep. */
    public static final int WAIT = 0x10;

    /** __GFP_HIGH: may use half of the reserve. */
    public static final int HIGH = 0x20;

    /** __GFP_IO: may start input and output. */
    public static final int IO = 0x40;

    /** __GFP_FS: may call into file systems. */
    public static final int FS = 0x80;

    /** __GFP_COLD: a page that is not in the cache is fine. */
    public static final int COLD = 0x100;

    /** __GFP_NOWARN: failure is not reported. */
    public static final int NOWARN = 0x200;

    /** __GFP_REPEAT: try hard. */
    public static final int REPEAT = 0x400;

    /** __GFP_NOFAIL: must not fail. */
    public static final int NOFAIL = 0x800;

    /** __GFP_NORETRY: do not try hard. */
    public static final int NORETRY = 0x1000;

    /** __GFP_COMP: make it a compound page. */
    public static final int COMP = 0x4000;

    /** __GFP_ZERO: clear it. */
    public static final int ZERO = 0x8000;

    /** __GFP_NOMEMALLOC: never use the emergency reserve. */
    public static final int NOMEMALLOC = 0x10000;

    /** __GFP_HARDWALL: stay inside the cpuset. */
    public static final int HARDWALL = 0x20000;

    /** __GFP_THISNODE: from this node or not at all. */
    public static final int THISNODE = 0x40000;

    /** __GFP_RECLAIMABLE: the page can be reclaimed. */
    public static final int RECLAIMABLE = 0x80000;

    /** __GFP_NOTRACK: not watched by kmemcheck. */
    public static final int NOTRACK = 0x200000;

    /** GFP_NOWAIT: no sleep, no reserve. */
    public static final int NOWAIT = 0;

    /** GFP_ATOMIC: no sleep, half of the reserve. */
    public static final int ATOMIC = HIGH;

    /** GFP_NOIO. */
    public static final int NOIO = WAIT;

    /** GFP_NOFS. */
    public static final int NOFS = WAIT | IO;

    /** GFP_KERNEL: the ordinary allocation of a task that may sleep. */
    public static final int KERNEL = WAIT | IO | FS;

    /** __GFP_BITS_MASK: every bit that is a flag. */
    public static final int ALL = (1 << 22) - 1;

    /** GFP_BOOT_MASK: what is left of a request while irqs cannot be turned on yet. */
    public static final int BOOT_MASK = ALL & ~(WAIT | IO | FS);

    /** GFP_RECLAIM_MASK: the flags that say how hard to try. */
    public static final int RECLAIM_MASK =
            WAIT | HIGH | IO | FS | NOWARN | REPEAT | NOFAIL | NORETRY | NOMEMALLOC;

    /** GFP_CONSTRAINT_MASK: the flags that say where to look. */
    public static final int CONSTRAINT_MASK = HARDWALL | THISNODE;

    /** GFP_SLAB_BUG_MASK: flags that no slab allocation may have. */
    public static final int SLAB_BUG_MASK = DMA32 | HIGHMEM | ~ALL;

    private static final int ZONE_BITS = DMA | HIGHMEM | DMA32 | MOVABLE;

    /** The zone of each combination of zone bits; null where the combination is forbidden. */
    private static final Zone[] ZONE_TABLE = {
        Zone.NORMAL, // no bit
        Zone.DMA, // DMA
        Zone.HIGHMEM, // HIGHMEM
        null, // DMA, HIGHMEM
        Zone.DMA32, // DMA32
        null, // DMA, DMA32
        null, // HIGHMEM, DMA32
        null, // DMA, HIGHMEM, DMA32
        Zone.NORMAL, // MOVABLE: alone it says only that the page can be moved
        Zone.DMA, // MOVABLE, DMA
        Zone.MOVABLE, // MOVABLE, HIGHMEM
        null, // MOVABLE, DMA, HIGHMEM
        Zone.DMA32, // MOVABLE, DMA32
        null, // MOVABLE, DMA, DMA32
        null, // MOVABLE, HIGHMEM, DMA32
        null, // all four
    };

    private static final int[] BITS = {
        DMA,
        HIGHMEM,
        DMA32,
        MOVABLE,
        WAIT,
        HIGH,
        IO,
        FS,
        COLD,
        NOWARN,
        REPEAT,
        NOFAIL,
        NORETRY,
        COMP,
        ZERO,
        NOMEMALLOC,
        HARDWALL,
        THISNODE,
        RECLAIMABLE,
        NOTRACK,
    };

    private static final String[] NAMES = {
        "DMA",
        "HIGHMEM",
        "DMA32",
        "MOVABLE",
        "WAIT",
        "HIGH",
        "IO",
        "FS",
        "COLD",
        "NOWARN",
        "REPEAT",
        "NOFAIL",
        "NORETRY",
        "COMP",
        "ZERO",
        "NOMEMALLOC",
        "HARDWALL",
        "THISNODE",
        "RECLAIMABLE",
        "NOTRACK",
    };

    private Gfp() {}

    /**
     * gfp_zone: the highest zone that a request may use, on a kernel that has all zones.
     *
     * @return null when the combination of zone bits is forbidden; the page allocator BUGs on it
     */
    public static Zone zone(int gfp) {
        return ZONE_TABLE[gfp & ZONE_BITS];
    }

    /** The flags by name, as the kernel writes them in a trace: {@code GFP_KERNEL|__GFP_ZERO}. */
    public static String toString(int gfp) {
        if (gfp == NOWAIT) {
            return "GFP_NOWAIT";
        }
        StringJoiner text = new StringJoiner("|");
        int rest = gfp;
        if ((rest & KERNEL) == KERNEL) {
            text.add("GFP_KERNEL");
            rest &= ~KERNEL;
        } else if ((rest & KERNEL) == NOFS) {
            text.add("GFP_NOFS");
            rest &= ~NOFS;
        } else if ((rest & KERNEL) == NOIO) {
            text.add("GFP_NOIO");
            rest &= ~NOIO;
        } else if ((rest & KERNEL) == 0 && (rest & HIGH) != 0) {
            text.add("GFP_ATOMIC");
            rest &= ~HIGH;
        }
        for (int i = 0; i < BITS.length; i++) {
            if ((rest & BITS[i]) != 0) {
                text.add("__GFP_" + NAMES[i]);
                rest &= ~BITS[i];
            }
        }
        if (rest != 0) {
            text.add("0x" + Integer.toHexString(rest));
        }
        return text.toString();
    }
}
