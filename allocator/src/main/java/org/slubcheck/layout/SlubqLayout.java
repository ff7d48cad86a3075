package org.slubcheck.layout;

/**
 * The layout rules of S+Q3 (patches 14 and 17, C. Lameter, 3 August 2010): free objects are bits of
 * a map, so there is no free pointer and management never touches an object.
 *
 * <p>A map of up to 64 objects is a word of the page struct. A larger one lies at the end of the
 * slab, and the number of objects follows from sharing the slab between both: an object costs its
 * size and one bit.
 */
public final class SlubqLayout {
    /** BITS_PER_LONG: objects whose map fits a word. */
    public static final int MAP_BITS = Long.SIZE;

    private SlubqLayout() {}

    /**
     * calculate_sizes without a forced order; arguments as for {@link SlubLayout#calculateSizes}.
     */
    public static ObjectLayout calculateSizes(
            int objectSize, int align, long flags, SlabLimits limits) {
        int alignment = SlubLayout.calculateAlignment(flags, align, objectSize, limits.cacheLine());
        long inuse = SlubLayout.inuse(objectSize, flags);
        long size = Bits.alignUp(inuse + SlubLayout.metadata(flags), alignment);
        int order = calculateOrder(size, limits);
        return new ObjectLayout(
                alignment,
                (int) inuse,
                ObjectLayout.NO_POINTER,
                (int) size,
                order,
                objects(order, size, limits));
    }

    /**
     * calculate_order: as in SLUB, but never so many objects wanted that the map would have to move
     * into the slab, and no limit on the objects of a slab.
     */
    public static int calculateOrder(long size, SlabLimits limits) {
        int wanted = Math.min(limits.wantedObjects(size), MAP_BITS);
        return SlubLayout.calculateOrder(size, wanted, limits, Integer.MAX_VALUE);
    }

    /** Objects of a slab, the map's bytes taken off when there are more than a word's bits. */
    public static int objects(int order, long size, SlabLimits limits) {
        if (order == ObjectLayout.NO_ORDER) {
            return 0;
        }
        long bytes = limits.slabBytes(order);
        long objects = bytes / size;
        if (objects > MAP_BITS) {
            objects = bytes / Bits.WORD * MAP_BITS / (size / Bits.WORD * MAP_BITS + 1);
        }
        return (int) objects;
    }

    /** Bytes of the map at the end of the slab; 0 when it is a word of the page struct. */
    public static int mapBytes(int objects) {
        return objects <= MAP_BITS ? 0 : (objects + MAP_BITS - 1) / MAP_BITS * Bits.WORD;
    }
}
