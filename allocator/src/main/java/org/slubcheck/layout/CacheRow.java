package org.slubcheck.layout;

/**
 * A cache of a real kernel: what was asked for and what the kernel made of it.
 *
 * @param name of the cache
 * @param objectSize bytes that the user asked for
 * @param align of every object, bytes
 * @param slabSize bytes from one object to the next
 * @param objects objects of a slab
 * @param order log2 of the pages of a slab
 * @param ctor whether the cache has a constructor
 * @param flags the {@link LayoutFlags} that are on
 * @param dma memory from ZONE_DMA; lies as any other
 * @param reclaim objects are reclaimable; lie as any other
 */
public record CacheRow(
        String name,
        int objectSize,
        int align,
        int slabSize,
        int objects,
        int order,
        boolean ctor,
        long flags,
        boolean dma,
        boolean reclaim) {

    /** Whether the kernel chose the same three numbers. */
    public boolean matches(ObjectLayout layout) {
        return slabSize == layout.size() && objects == layout.objects() && order == layout.order();
    }

    /** Whether kmalloc serves from this cache. */
    boolean kmalloc() {
        return name.startsWith("kmalloc-") || name.startsWith("dma-kmalloc-");
    }

    /** Whether a flag is on. */
    boolean has(long flag) {
        return LayoutFlags.has(flags, flag);
    }
}
