package org.slubcheck.slab;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.mm.ListHead;

/**
 * Where the global variables of the slab allocator stand in memory. Immutable; designed once for a
 * machine and shared by all its forks.
 *
 * @param slubLock the rwsem over the list of caches and over all walks of per-CPU areas
 * @param slabCaches list_head of all caches; under slub_lock
 * @param slabLeaked list_head of caches that were destroyed while they still had objects: the
 *     kernel forgets them, the census must not
 * @param abandonedAreas how many per-CPU areas resizes gave up before sysfs was up and could not free:
 *     the kernel forgets them, the census must not; under slub_lock
 * @param slabState ordinal of a {@link SlabState}
 * @param kmemSize bytes of a struct kmem_cache on this machine; constant once booted
 * @param kmemCache pointer to the cache of struct kmem_cache
 * @param kmemCacheNode pointer to the cache of struct kmem_cache_node; NULL on UMA
 * @param slabNodes nodes whose memory slabs are made of, a bit for each, on a machine with memory
 *     hotplug: each has a struct kmem_cache_node in every cache; under slub_lock. Otherwise 0
 * @param kmallocCaches SLUB_PAGE_SHIFT pointers, constant once booted
 * @param kmallocDmaCaches as many for ZONE_DMA, or 0 on a machine without that zone
 * @param kmallocSlots SLUB_PAGE_SHIFT: one more than log2 of the largest kmalloc size
 * @param sizeIndex 24 bytes: the kmalloc index of sizes up to 192, in steps of 8
 * @param aliasList aliases made before sysfs was up; under slub_lock
 * @param sysfsRoot first entry of /sys/kernel/slab; under sysfs_mutex
 * @param sysfsMutex the mutex over the sysfs tree
 * @param works first cache that a worker is to release, or 0 on a machine without sysfs
 * @param literals string literals of the kernel and of callers; the first word is the used length
 * @param literalsEnd behind them
 */
public record SlabWiring(
        long slubLock,
        long slabCaches,
        long slabLeaked,
        long abandonedAreas,
        long slabState,
        long kmemSize,
        long kmemCache,
        long kmemCacheNode,
        long slabNodes,
        long kmallocCaches,
        long kmallocDmaCaches,
        int kmallocSlots,
        long sizeIndex,
        long aliasList,
        long sysfsRoot,
        long sysfsMutex,
        long works,
        long literals,
        long literalsEnd) {

    private static final int SIZE_INDEX_BYTES = 24;

    /** Bytes of memory below which a machine has room for its own literals and few others. */
    private static final long TINY = 8 << 10;

    /** Reserves the variables in a map. */
    public static SlabWiring design(MemoryMap map, Geometry g, SlabConfig c) {
        int slots = kmallocSlots(g);
        long line = Math.min(g.cacheLine(), 64);
        // Only a machine that is copied for each stress sample has to be that stingy.
        boolean tiny = (long) g.totalPages() * g.pageSize() < TINY;
        long literalBytes = g.pageSize() >= 4096 ? 32 << 10 : tiny ? 160 : 2048;
        long lock = map.reserve("slub_lock", Memory.WORD, line);
        long caches = map.reserve("slab_caches", ListHead.SIZE, Memory.WORD);
        long leaked = map.reserve("slab_leaked", ListHead.SIZE, Memory.WORD);
        long abandoned = map.word("percpu_abandoned");
        long state = map.word("slab_state");
        long size = map.word("kmem_size");
        long kmemCache = map.word("kmem_cache");
        long kmemCacheNode = map.word("kmem_cache_node");
        long slabNodes = g.memoryHotplug() ? map.word("slab_nodes") : 0;
        long kmalloc = map.reserve("kmalloc_caches", (long) slots * Memory.WORD, Memory.WORD);
        long dma =
                g.pages().dma() == 0
                        ? 0
                        : map.reserve(
                                "kmalloc_dma_caches", (long) slots * Memory.WORD, Memory.WORD);
        long index = map.reserve("size_index", SIZE_INDEX_BYTES, Memory.WORD);
        long alias = map.word("alias_list");
        long root = c.sysfs() ? map.word("sysfs_root") : 0;
        long mutex = c.sysfs() ? map.word("sysfs_mutex") : 0;
        long works = c.sysfs() ? map.word("slab_works") : 0;
        long literals = map.reserve(".rodata", literalBytes, Memory.WORD);
        return new SlabWiring(
                lock,
                caches,
                leaked,
                abandoned,
                state,
                size,
                kmemCache,
                kmemCacheNode,
                slabNodes,
                kmalloc,
                dma,
                slots,
                index,
                alias,
                root,
                mutex,
                works,
                literals,
                literals + literalBytes);
    }

    /** SLUB_PAGE_SHIFT of a machine: one more than log2 of the largest kmalloc size. */
    static int kmallocSlots(Geometry g) {
        return Integer.numberOfTrailingZeros(g.kmallocMax()) + 1;
    }

    /** The address of kmalloc_caches[index]. */
    public long kmallocSlot(int index) {
        return kmallocCaches + (long) index * Memory.WORD;
    }

    /** The address of kmalloc_dma_caches[index]. */
    public long kmallocDmaSlot(int index) {
        return kmallocDmaCaches + (long) index * Memory.WORD;
    }
}
