package org.slubcheck.slubq;

import java.util.Locale;

/** The counters of CONFIG_SLUB_STATS, in the order in which they stand in kmem_cache_cpu. */
public enum StatItem {
    /** Allocation from the CPU queue. */
    ALLOC_FASTPATH,
    /** Allocation that had to refill the queue. */
    ALLOC_SLOWPATH,
    /** Free into the CPU queue. */
    FREE_FASTPATH,
    /** Free that pushed objects out of the queue. */
    FREE_SLOWPATH,
    /** A drain moved a slab to the partial list. */
    FREE_ADD_PARTIAL,
    /** A drain took a slab off the partial list. */
    FREE_REMOVE_PARTIAL,
    /** A slab with free objects was taken from a partial list. */
    ALLOC_FROM_PARTIAL,
    /** A slab was taken from the page allocator. */
    ALLOC_SLAB,
    /** Allocation of an object of another node from its slabs. */
    ALLOC_REMOTE,
    /** Allocation of an object of another node from an alien queue. */
    ALLOC_ALIEN,
    /** Allocation that refilled the queue from the shared one. */
    ALLOC_SHARED,
    /** Free that moved objects to the shared queue. */
    FREE_SHARED,
    /** Free of an object of another node. */
    FREE_ALIEN,
    /** A slab went back to the page allocator. */
    FREE_SLAB,
    /** A CPU queue was flushed. */
    QUEUE_FLUSH,
    /** A slab had to be smaller than wanted. */
    ORDER_FALLBACK;

    private final String attribute = name().toLowerCase(Locale.ROOT);

    /** The name of the sysfs attribute. */
    public String attribute() {
        return attribute;
    }
}
