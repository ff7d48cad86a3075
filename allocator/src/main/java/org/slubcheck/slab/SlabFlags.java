package org.slubcheck.slab;

import org.slubcheck.layout.LayoutFlags;

/** The SLAB_ flags of 2.6.35, with their values. */
public final class SlabFlags {
    /** Check consistency on free. */
    public static final long DEBUG_FREE = 0x00000100L;

    /** Red zones around objects. */
    public static final long RED_ZONE = LayoutFlags.RED_ZONE;

    /** Poison free objects. */
    public static final long POISON = LayoutFlags.POISON;

    /**
     * Objects are kmalloc's: with users tracked, what each asked for is known, and the rest is red
     * zone (commit 946fa0dbf2d8 of 2022). No cache of the boot has it, as the port is of 2010.
     */
    public static final long KMALLOC = LayoutFlags.KMALLOC;

    /** Align to cache lines. */
    public static final long HWCACHE_ALIGN = LayoutFlags.HWCACHE_ALIGN;

    /** Memory from ZONE_DMA. */
    public static final long CACHE_DMA = 0x00004000L;

    /** Remember who allocated and freed last. */
    public static final long STORE_USER = LayoutFlags.STORE_USER;

    /** Objects are reclaimable. */
    public static final long RECLAIM_ACCOUNT = 0x00020000L;

    /** Panic when the cache cannot be created. */
    public static final long PANIC = 0x00040000L;

    /** Slabs are freed after a grace period. */
    public static final long DESTROY_BY_RCU = LayoutFlags.DESTROY_BY_RCU;

    /** Spread objects over nodes. */
    public static final long MEM_SPREAD = 0x00100000L;

    /** Trace allocations and frees. */
    public static final long TRACE = 0x00200000L;

    /** No fault injection for this cache unless asked. */
    public static final long FAILSLAB = 0x02000000L;

    /** Flags that debug code looks at. */
    public static final long DEBUG_FLAGS = RED_ZONE | POISON | STORE_USER | TRACE | DEBUG_FREE;

    /** Flags that add bytes to an object. */
    public static final long DEBUG_METADATA = RED_ZONE | POISON | STORE_USER;

    /** A cache with one of these is never merged. */
    public static final long NEVER_MERGE =
            RED_ZONE | POISON | STORE_USER | TRACE | DESTROY_BY_RCU | FAILSLAB;

    /** Flags that must be equal for two caches to merge. */
    public static final long MERGE_SAME = DEBUG_FREE | RECLAIM_ACCOUNT | CACHE_DMA;

    /** Internal: objects really are poisoned. */
    public static final long OBJECT_POISON = 0x80000000L;

    private SlabFlags() {}
}
