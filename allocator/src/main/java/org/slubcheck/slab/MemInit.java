package org.slubcheck.slab;

import org.slubcheck.machine.Memory;

/**
 * The boot options init_on_alloc and init_on_free (5.3, commit 6471384af2a6 of 2019): whether memory
 * is cleared without anybody asking. Immutable.
 *
 * <p>Never cleared are objects that must stay as they are while they are free: those of a constructor,
 * those of a cache with SLAB_DESTROY_BY_RCU, at which a reader may look, and poisoned ones, whose
 * contents say whether somebody has written to them.
 *
 * @param onAlloc every object is cleared before it is handed out
 * @param onFree every object is cleared when it is freed, and so is a page before it becomes a slab,
 *     for the page allocator, which would have done that when it got the page back
 */
public record MemInit(boolean onAlloc, boolean onFree) {
    /** Memory is cleared for those who ask. */
    public static final MemInit OFF = new MemInit(false, false);

    /** Whether anything is cleared. */
    public boolean any() {
        return onAlloc || onFree;
    }

    /** Whether objects of a cache may be cleared at all. */
    public static boolean clears(Memory m, long s) {
        return (KmemCache.flags(m, s) & (SlabFlags.DESTROY_BY_RCU | SlabFlags.POISON)) == 0
                && m.read(s + KmemCache.CTOR) == 0;
    }
}
