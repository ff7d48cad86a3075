package org.slubcheck.slubbase;

import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.layout.SlubLayout;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/** calculate_sizes: what a cache's objects and slabs look like. */
public final class Sizes {
    private static final int SMALL_PAGE = 512;
    private static final int MICRO_OBJECTS = 4;

    private Sizes() {}

    /** Fills a private cache; false when no order of pages fits. */
    public static boolean calculate(SlubBase k, long s, int forcedOrder) {
        Memory m = k.m;
        long flags = m.read(s + KmemCache.FLAGS);
        long ctor = m.read(s + KmemCache.CTOR);
        // Free objects that somebody may still look at, or that must stay constructed, keep their
        // contents.
        boolean poison =
                (flags & SlabFlags.POISON) != 0
                        && (flags & SlabFlags.DESTROY_BY_RCU) == 0
                        && ctor == 0;
        flags = poison ? flags | SlabFlags.OBJECT_POISON : flags & ~SlabFlags.OBJECT_POISON;
        SlabLimits limits = limits(k.geometry);
        ObjectLayout layout =
                k.layout(
                        KmemCache.objsize(m, s),
                        m.readInt(s + KmemCache.ALIGN),
                        flags,
                        ctor != 0,
                        limits);
        int order = forcedOrder >= 0 ? forcedOrder : layout.order();
        if (order < 0) {
            return false;
        }
        int objects = k.objects(order, layout.size(), limits);
        int minOrder = SlubLayout.minOrder(layout.size(), limits);
        long oo = KmemCache.ooMake(order, objects);
        m.write(s + KmemCache.FLAGS, flags);
        k.keep(s, layout);
        m.writeInt(s + KmemCache.ALIGN, layout.align());
        m.writeInt(s + KmemCache.INUSE, layout.inuse());
        m.writeInt(s + KmemCache.SIZE, layout.size());
        m.write(s + KmemCache.OO, oo);
        m.write(
                s + KmemCache.MIN,
                KmemCache.ooMake(minOrder, k.objects(minOrder, layout.size(), limits)));
        if (objects > KmemCache.ooObjects(m.read(s + KmemCache.MAX))) {
            m.write(s + KmemCache.MAX, oo);
        }
        m.writeInt(s + KmemCache.ALLOCFLAGS, allocFlags(flags, order));
        return objects > 0;
    }

    private static int allocFlags(long flags, int order) {
        return (order > 0 ? Gfp.COMP : 0)
                | ((flags & SlabFlags.CACHE_DMA) != 0 ? Gfp.DMA : 0)
                | ((flags & SlabFlags.RECLAIM_ACCOUNT) != 0 ? Gfp.RECLAIMABLE : 0);
    }

    /**
     * The limits that calculate_sizes works in: the kernel's, except that on pages below 512 bytes
     * four objects a slab are enough, so that slabs stay small.
     */
    public static SlabLimits limits(Geometry g) {
        SlabLimits limits = SlabLimits.of(g.pageSize(), g.cacheLine(), g.cpus(), g.maxOrder());
        if (g.pageSize() >= SMALL_PAGE) {
            return limits;
        }
        return new SlabLimits(
                limits.pageSize(),
                limits.cacheLine(),
                limits.cpus(),
                limits.minOrder(),
                limits.maxOrder(),
                MICRO_OBJECTS,
                limits.buddyOrders());
    }
}
