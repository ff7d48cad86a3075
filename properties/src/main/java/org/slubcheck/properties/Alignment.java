package org.slubcheck.properties;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.SlabFlags;

/**
 * What callers are promised about the addresses of objects, from what they asked for and not from
 * what an engine made of it.
 */
final class Alignment {
    private Alignment() {}

    /**
     * Of every object of a cache: what was asked for, and a word (ARCH_SLAB_MINALIGN) at least. With
     * SLAB_HWCACHE_ALIGN none of the objects may lie in two cache lines if it fits into one, for which
     * a line, or the largest part of one by a power of two that holds the object, is enough.
     */
    static int ofCache(Geometry g, int size, int align, long flags) {
        int wanted = Math.max(align, Memory.WORD);
        if ((flags & SlabFlags.HWCACHE_ALIGN) == 0) {
            return wanted;
        }
        int part = Integer.highestOneBit(Math.max(2 * size - 1, 1));
        return Math.max(wanted, Math.min(part, g.cacheLine()));
    }

    /** Of what kmalloc returns: ARCH_KMALLOC_MINALIGN, a page where pages are returned. */
    static int ofBytes(Geometry g, int size) {
        return size > g.kmallocMax() ? g.pageSize() : g.kmallocMin();
    }
}
