package org.slubcheck.slub;

import java.util.Locale;

/** The counters of CONFIG_SLUB_STATS in 2.6.36, in the order in which they stand in the area. */
public enum StatItem {
    /** Allocation from the CPU's freelist. */
    ALLOC_FASTPATH,
    /** Allocation that had to get at a slab. */
    ALLOC_SLOWPATH,
    /** Free onto the CPU's freelist. */
    FREE_FASTPATH,
    /** Free into a slab that is not this CPU's. */
    FREE_SLOWPATH,
    /** Such a free into some CPU's slab. */
    FREE_FROZEN,
    /** Such a free that put a full slab on the partial list. */
    FREE_ADD_PARTIAL,
    /** Such a free that took an empty slab off the partial list. */
    FREE_REMOVE_PARTIAL,
    /** A CPU slab came from a partial list. */
    ALLOC_FROM_PARTIAL,
    /** A CPU slab came from the page allocator. */
    ALLOC_SLAB,
    /** The CPU took over what others had freed into its slab. */
    ALLOC_REFILL,
    /** A slab went back to the page allocator. */
    FREE_SLAB,
    /** A CPU slab was flushed. */
    CPUSLAB_FLUSH,
    /** A CPU slab was given up with no free object. */
    DEACTIVATE_FULL,
    /** A CPU slab was given up with no object in use. */
    DEACTIVATE_EMPTY,
    /** A CPU slab went to the head of the partial list. */
    DEACTIVATE_TO_HEAD,
    /** A CPU slab went to the tail of the partial list. */
    DEACTIVATE_TO_TAIL,
    /** A CPU slab that was given up had objects that others had freed. */
    DEACTIVATE_REMOTE_FREES,
    /** A slab had to be smaller than wanted. */
    ORDER_FALLBACK;

    private final String attribute = name().toLowerCase(Locale.ROOT);

    /** The name of the sysfs attribute. */
    public String attribute() {
        return attribute;
    }
}
