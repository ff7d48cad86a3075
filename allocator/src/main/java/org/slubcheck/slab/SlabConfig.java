package org.slubcheck.slab;

/**
 * How the slab allocator was configured at build and at boot. Immutable.
 *
 * @param stats CONFIG_SLUB_STATS: event counters for each CPU
 * @param failslab CONFIG_FAILSLAB: allocations of objects can be made to fail
 * @param sysfs CONFIG_SYSFS: caches show under /sys/kernel/slab
 * @param dmaLate the DMA kmalloc caches are made by kmem_cache_init_late, irqs on and under
 *     slub_lock (D. Rientjes, 16 Aug 2010), not by kmem_cache_init (C. Lameter, 5 Aug 2010)
 * @param merge caches of like shape are merged; false is the boot option slub_nomerge
 * @param slubDebug CONFIG_SLUB_DEBUG: nodes keep a list of full slabs for caches that store users
 * @param sharedQueues caches start with shared and, on several nodes, alien queues (S+Q3 20/23 and
 *     21/23); otherwise they can be turned on by shared_queue_size
 * @param debug the boot option slub_debug
 * @param init the boot options init_on_alloc and init_on_free
 */
public record SlabConfig(
        boolean stats,
        boolean failslab,
        boolean sysfs,
        boolean dmaLate,
        boolean merge,
        boolean slubDebug,
        SlubDebug debug,
        boolean sharedQueues,
        MemInit init) {

    /** What a distribution ships: sysfs and merging, nothing that costs time. */
    public static SlabConfig defaults() {
        return new SlabConfig(
                false, false, true, false, true, true, SlubDebug.OFF, false, MemInit.OFF);
    }

    /** With or without event counters. */
    public SlabConfig withStats(boolean on) {
        return new SlabConfig(
                on, failslab, sysfs, dmaLate, merge, slubDebug, debug, sharedQueues, init);
    }

    /** With or without failslab. */
    public SlabConfig withFailslab(boolean on) {
        return new SlabConfig(
                stats, on, sysfs, dmaLate, merge, slubDebug, debug, sharedQueues, init);
    }

    /** With or without sysfs. */
    public SlabConfig withSysfs(boolean on) {
        return new SlabConfig(
                stats, failslab, on, dmaLate, merge, slubDebug, debug, sharedQueues, init);
    }

    /** DMA kmalloc caches made late or early. */
    public SlabConfig withDmaLate(boolean on) {
        return new SlabConfig(
                stats, failslab, sysfs, on, merge, slubDebug, debug, sharedQueues, init);
    }

    /** With or without merging. */
    public SlabConfig withMerge(boolean on) {
        return new SlabConfig(
                stats, failslab, sysfs, dmaLate, on, slubDebug, debug, sharedQueues, init);
    }

    /** With or without the debug lists. */
    public SlabConfig withSlubDebug(boolean on) {
        return new SlabConfig(
                stats, failslab, sysfs, dmaLate, merge, on, debug, sharedQueues, init);
    }

    /** Debug flags of every cache. */
    public SlabConfig withDebugFlags(long flags) {
        return withDebug(SlubDebug.all(flags));
    }

    /** The boot option slub_debug. */
    public SlabConfig withDebug(SlubDebug option) {
        return new SlabConfig(
                stats, failslab, sysfs, dmaLate, merge, slubDebug, option, sharedQueues, init);
    }

    /** With or without shared queues from the start. */
    public SlabConfig withSharedQueues(boolean on) {
        return new SlabConfig(stats, failslab, sysfs, dmaLate, merge, slubDebug, debug, on, init);
    }

    /** The boot options init_on_alloc and init_on_free. */
    public SlabConfig withInit(MemInit options) {
        return new SlabConfig(
                stats, failslab, sysfs, dmaLate, merge, slubDebug, debug, sharedQueues, options);
    }
}
