package org.slubcheck.slab;

/** How far the slab allocator has come up; a word in memory holds the ordinal. */
public enum SlabState {
    /** No slab functionality. */
    DOWN,
    /** kmem_cache_node works. */
    PARTIAL,
    /** Everything works but nothing shows in sysfs. */
    UP,
    /** Sysfs is up. */
    SYSFS
}
