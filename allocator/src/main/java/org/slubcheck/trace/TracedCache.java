package org.slubcheck.trace;

/**
 * What a trace says of one cache. A cache of kmalloc is one of the sizes that 2.6.36 has; requests
 * that no cache serves count in two that are none: of size 0, and too large.
 *
 * @param name the cache's, or {@code kmalloc-N}
 * @param type how objects are asked for
 * @param objectSize bytes of an object; 0 where there is no cache
 * @param bytesAlloc bytes that an object took on the recorded kernel, when first seen
 * @param allocs objects allocated
 * @param frees objects freed, implied frees among them
 */
public record TracedCache(
        String name, Type type, int objectSize, int bytesAlloc, long allocs, long frees) {

    /** How objects are asked for. */
    public enum Type {
        /** kmem_cache_alloc. */
        CACHE,
        /** kmalloc. */
        KMALLOC,
        /** kmalloc with GFP_DMA. */
        DMA_KMALLOC,
        /** kmalloc of more than the largest cache holds: pages. */
        LARGE,
        /** kmalloc of no bytes: ZERO_SIZE_PTR. */
        ZERO
    }

    /** Objects that live at the end. */
    public long live() {
        return allocs - frees;
    }
}
