package org.slubcheck.layout;

import static org.slubcheck.layout.LayoutFlags.has;

/**
 * The layout rules of SLUB in 2.6.36: calculate_alignment, calculate_sizes, slab_order and
 * calculate_order (mm/slub.c).
 *
 * <p>The order is a compromise. A slab should have a number of objects that grows with the CPUs, so
 * that list_lock is taken rarely, and waste little. So: for each number of objects from the wanted
 * one downward, accept a sixteenth of waste, then an eighth, then a quarter, and take the smallest
 * order of slub_max_order at most that satisfies both. An object for which even one object a slab
 * needs more than that gets the smallest order that holds it.
 *
 * <p>All methods are pure and may be called from anywhere.
 */
public final class SlubLayout {
    /** ARCH_SLAB_MINALIGN. */
    static final int MIN_ALIGN = Bits.WORD;

    /** struct track of 2.6.36: caller, CPU, pid, time. */
    static final int TRACK_SIZE = 24;

    /** MAX_OBJS_PER_PAGE: page.objects is 16 bits wide. */
    static final int MAX_OBJS_PER_PAGE = 65535;

    /** Largest object that is computed with; KMALLOC_MAX_SIZE is far below. */
    static final int MAX_OBJECT = 1 << 28;

    private SlubLayout() {}

    /**
     * calculate_sizes without a forced order.
     *
     * @param objectSize bytes that the user asked for
     * @param align alignment that the user asked for, 0 or a power of two
     * @param flags the {@link LayoutFlags}; others are ignored
     * @param ctor whether the cache has a constructor
     * @throws IllegalArgumentException if the size or the alignment is no size or alignment
     */
    public static ObjectLayout calculateSizes(
            int objectSize, int align, long flags, boolean ctor, SlabLimits limits) {
        int alignment = calculateAlignment(flags, align, objectSize, limits.cacheLine());
        long inuse = inuse(objectSize, flags);
        long size = inuse;
        int offset = 0;
        if (ctor || has(flags, LayoutFlags.DESTROY_BY_RCU | LayoutFlags.POISON)) {
            // Someone may look at the free object, so the pointer may not overwrite its first word.
            offset = (int) size;
            size += Bits.WORD;
        }
        size = Bits.alignUp(size + metadata(flags), alignment);
        int order = calculateOrder(size, limits);
        return new ObjectLayout(
                alignment, (int) inuse, offset, (int) size, order, objects(order, size, limits));
    }

    /** calculate_alignment: what the user asked for, raised by HWCACHE_ALIGN and the word size. */
    public static int calculateAlignment(long flags, int align, int objectSize, int cacheLine) {
        check(objectSize, align);
        int wanted = align;
        if (has(flags, LayoutFlags.HWCACHE_ALIGN)) {
            // Small objects share a line, as long as none straddles two.
            int line = cacheLine;
            while (objectSize <= line / 2) {
                line /= 2;
            }
            wanted = Math.max(wanted, line);
        }
        return (int) Bits.alignUp(Math.max(wanted, MIN_ALIGN), Bits.WORD);
    }

    /** The object, rounded to words, and a word of red zone if rounding left no room for one. */
    static long inuse(int objectSize, long flags) {
        long size = Bits.alignUp(objectSize, Bits.WORD);
        return has(flags, LayoutFlags.RED_ZONE) && size == objectSize ? size + Bits.WORD : size;
    }

    /** Bytes that debugging adds behind the free pointer. */
    static int metadata(long flags) {
        int tracks = has(flags, LayoutFlags.STORE_USER) ? 2 * TRACK_SIZE : 0;
        if (tracks != 0 && has(flags, LayoutFlags.KMALLOC)) {
            tracks += Bits.WORD;
        }
        return has(flags, LayoutFlags.RED_ZONE) ? tracks + Bits.WORD : tracks;
    }

    /** oo_objects(oo_make(order, size)): objects of a slab. */
    public static int objects(int order, long size, SlabLimits limits) {
        return order == ObjectLayout.NO_ORDER ? 0 : (int) (limits.slabBytes(order) / size);
    }

    /** get_order: the smallest order that holds one object, or {@link ObjectLayout#NO_ORDER}. */
    public static int minOrder(long size, SlabLimits limits) {
        int order = limits.orderOf(size);
        return order < limits.buddyOrders() ? order : ObjectLayout.NO_ORDER;
    }

    /** calculate_order: the order of a cache, or {@link ObjectLayout#NO_ORDER}. */
    public static int calculateOrder(long size, SlabLimits limits) {
        return calculateOrder(size, limits.wantedObjects(size), limits, MAX_OBJS_PER_PAGE);
    }

    static int calculateOrder(long size, int wanted, SlabLimits limits, int maxObjects) {
        int maxOrder = limits.maxOrder();
        for (int objects = wanted; objects > 1; objects--) {
            for (int fraction = 16; fraction >= 4; fraction /= 2) {
                int order = slabOrder(size, objects, maxOrder, fraction, limits, maxObjects);
                if (order <= maxOrder) {
                    return order;
                }
            }
        }
        int order = slabOrder(size, 1, maxOrder, 1, limits, maxObjects);
        if (order > maxOrder) {
            order = slabOrder(size, 1, limits.buddyOrders(), 1, limits, maxObjects);
        }
        return order < limits.buddyOrders() ? order : ObjectLayout.NO_ORDER;
    }

    /**
     * slab_order: the smallest order that holds the objects and wastes at most 1/fraction of the
     * slab; more than maxOrder if there is none.
     */
    private static int slabOrder(
            long size, int objects, int maxOrder, int fraction, SlabLimits limits, int maxObjects) {
        if (limits.slabBytes(limits.minOrder()) / size > maxObjects) {
            return limits.orderOf(size * maxObjects) - 1;
        }
        int order = Math.max(limits.minOrder(), limits.orderOf(objects * size));
        while (order <= maxOrder) {
            long slab = limits.slabBytes(order);
            if (slab >= objects * size && slab % size <= slab / fraction) {
                break;
            }
            order++;
        }
        return order;
    }

    private static void check(int objectSize, int align) {
        if (objectSize < 1 || objectSize > MAX_OBJECT) {
            throw new IllegalArgumentException(
                    "object size must be 1.." + MAX_OBJECT + ", not " + objectSize);
        }
        if (align < 0 || (align & align - 1) != 0 || align > MAX_OBJECT) {
            throw new IllegalArgumentException("align must be 0 or a power of two, not " + align);
        }
    }
}
