package org.slubcheck.layout;

/** The SLAB_ flags that decide where bytes lie, with the values that 2.6.36 gives them. */
public final class LayoutFlags {
    /** Red zones around objects. */
    public static final long RED_ZONE = 0x00000400L;

    /** Poison free objects. */
    public static final long POISON = 0x00000800L;

    /** Objects are kmalloc's, of which each user asks for a size of his own (2022). */
    public static final long KMALLOC = 0x00001000L;

    /** Align to cache lines. */
    public static final long HWCACHE_ALIGN = 0x00002000L;

    /** Remember who allocated and freed last. */
    public static final long STORE_USER = 0x00010000L;

    /** Slabs are freed after a grace period, objects may be looked at after their free. */
    public static final long DESTROY_BY_RCU = 0x00080000L;

    private LayoutFlags() {}

    /** Whether a flag is set. */
    static boolean has(long flags, long flag) {
        return (flags & flag) != 0;
    }
}
