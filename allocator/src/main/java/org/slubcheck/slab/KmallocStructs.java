package org.slubcheck.slab;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;

/**
 * What the structs of the kmalloc caches take, before and after "slub: Dynamically size kmalloc cache
 * allocations" (C. Lameter, August 2010; S+Q3 11/23), in bytes.
 *
 * <p>Before, they stand in two arrays of the kernel image, kmalloc_caches and kmalloc_dma_caches,
 * with SLUB_PAGE_SHIFT structs each; a struct ends with a pointer for each node that the kernel
 * supports, whether the machine has it or not. After, the arrays hold pointers, two more name the
 * boot caches, and the structs are objects of a cache that is sized when the machine is known.
 *
 * @param maxNumnodes MAX_NUMNODES: nodes that the kernel supports
 * @param nrNodeIds nodes that the machine has
 * @param staticStruct sizeof struct kmem_cache with a pointer for each node supported
 * @param staticArrays both arrays of them
 * @param pointers both arrays of pointers, kmem_cache and kmem_cache_node
 * @param object what a struct takes in its cache, with a pointer for each node of the machine
 * @param objects structs that boot makes: a kmalloc cache for each size, and one for DMA
 */
public record KmallocStructs(
        int maxNumnodes,
        int nrNodeIds,
        long staticStruct,
        long staticArrays,
        long pointers,
        long object,
        int objects) {

    private static final int ARRAYS = 2;
    private static final int BOOT_CACHES = 2;

    /** For a NUMA machine with ZONE_DMA of a geometry, and a kernel that supports so many nodes. */
    public static KmallocStructs of(Geometry g, int maxNumnodes) {
        long slots = SlabWiring.kmallocSlots(g);
        long struct = KmemCache.sizeOnNuma(maxNumnodes);
        return new KmallocStructs(
                maxNumnodes,
                g.nodes(),
                struct,
                ARRAYS * slots * struct,
                (ARRAYS * slots + BOOT_CACHES) * Memory.WORD,
                CacheLife.align(KmemCache.sizeOnNuma(g.nodes()), g.cacheLine()),
                ARRAYS * SlabBoot.kmallocCaches(g));
    }

    /** Bytes of the structs that boot makes. */
    public long dynamicStructs() {
        return object * objects;
    }

    /** Bytes that the machine has more of, afterwards. */
    public long saved() {
        return staticArrays - pointers - dynamicStructs();
    }
}
