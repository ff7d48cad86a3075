package org.slubcheck.slab;

import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;

/**
 * kmalloc and its family, as in 2.6.35: an array of caches by size, beyond it the page allocator.
 *
 * <p>The arrays are constant once the machine has booted, so they are read plainly. page-&gt;slab is
 * read plainly too: who holds an object keeps its slab where it is.
 */
final class Kmalloc {
    private static final int LARGEST_INDEXED = 192;

    private Kmalloc() {}

    static long alloc(Slab k, Task t, long size, int gfp, int node) {
        if (Long.compareUnsigned(size, k.geometry().kmallocMax()) > 0) {
            return large(k, t, size, gfp, node);
        }
        if (size == 0) {
            return Slab.ZERO_SIZE_PTR;
        }
        long s = cache(k, t, (int) size, gfp);
        return s == 0 ? 0 : k.engine().alloc(t, s, gfp, node);
    }

    /** get_slab for 1 up to the largest size; 0 where the array has no cache. */
    static long cache(Slab k, Task t, int size, int gfp) {
        int index = index(k, size);
        if ((gfp & Gfp.DMA) != 0 && k.wiring().kmallocDmaCaches() != 0) {
            return k.code.dmaCache.cache(k, t, index, gfp);
        }
        return k.memory().read(k.wiring().kmallocSlot(index));
    }

    /** Where a size stands in the arrays: the table up to 192, log2 rounded up beyond. */
    static int index(Slab k, int size) {
        if (size <= LARGEST_INDEXED) {
            int index = k.memory().readByte(k.wiring().sizeIndex() + (size - 1 >> 3));
            // A machine whose largest cache is small has no room for the odd sizes 96 and 192.
            if (index > 2 || k.memory().read(k.wiring().kmallocSlot(index)) != 0) {
                return index;
            }
        }
        return Math.max(
                Integer.SIZE - Integer.numberOfLeadingZeros(size - 1),
                Integer.numberOfTrailingZeros(k.geometry().kmallocMin()));
    }

    private static long large(Slab k, Task t, long size, int gfp, int node) {
        int shift = k.geometry().pageShift();
        long blocks = size - 1 >>> shift;
        int order = Long.SIZE - Long.numberOfLeadingZeros(blocks);
        long page = k.pages().allocPagesNode(t, node, gfp | Gfp.COMP, order);
        return page == 0 ? 0 : k.pages().addressOf(page);
    }

    static void free(Slab k, Task t, long p) {
        if (Long.compareUnsigned(p, Slab.ZERO_SIZE_PTR) <= 0) {
            return;
        }
        Memory m = k.memory();
        long page = k.pages().headPageOf(p);
        if (page == 0) {
            throw k.machine().oops(p, "kfree");
        }
        if (PageStruct.isSlab(m, page)) {
            k.engine().free(t, PageStruct.slab(m, page), p);
            return;
        }
        if (!large(k, page) || k.pages().addressOf(page) != p) {
            throw k.machine().bug("mm/slub.c kfree");
        }
        k.pages().freePages(t, page, PageStruct.compoundOrder(m, page));
    }

    /**
     * PageCompound, as far as kmalloc makes compound pages: where the largest cache is smaller than
     * a page, which no real kernel has, a single page can be kmalloc's too.
     */
    private static boolean large(Slab k, long page) {
        return PageStruct.isHead(k.memory(), page)
                || k.geometry().kmallocMax() < k.geometry().pageSize()
                        && PageStruct.count(k.memory(), page) > 0;
    }

    static void zfree(Slab k, Task t, long p) {
        if (Long.compareUnsigned(p, Slab.ZERO_SIZE_PTR) <= 0) {
            return;
        }
        k.memory().fill(p, ksize(k, p), 0);
        free(k, t, p);
    }

    static long ksize(Slab k, long p) {
        if (Long.compareUnsigned(p, Slab.ZERO_SIZE_PTR) <= 0) {
            return 0;
        }
        Memory m = k.memory();
        PageAllocator pages = k.pages();
        long page = pages.headPageOf(p);
        if (page == 0) {
            throw k.machine().oops(p, "ksize");
        }
        if (!PageStruct.isSlab(m, page)) {
            if (!large(k, page)) {
                k.machine().console().warn("mm/slub.c ksize", "no slab and no compound page");
                return 0;
            }
            return (long) k.geometry().pageSize() << PageStruct.compoundOrder(m, page);
        }
        long s = PageStruct.slab(m, page);
        long flags = KmemCache.flags(m, s);
        long usable;
        if ((flags & (SlabFlags.RED_ZONE | SlabFlags.POISON)) != 0) {
            usable = KmemCache.objsize(m, s);
        } else if ((flags & (SlabFlags.DESTROY_BY_RCU | SlabFlags.STORE_USER)) != 0) {
            usable = KmemCache.inuse(m, s);
        } else {
            usable = KmemCache.size(m, s);
        }
        if (m.observed()) {
            // As KASAN does: who asks for the usable size may use all of it.
            m.unpoisonObject(p, usable, s);
        }
        return usable;
    }

    static long realloc(Slab k, Task t, long p, long size, int gfp) {
        if (size == 0) {
            free(k, t, p);
            return Slab.ZERO_SIZE_PTR;
        }
        long had = ksize(k, p);
        if (Long.compareUnsigned(had, size) >= 0) {
            return p;
        }
        long fresh = alloc(k, t, size, gfp, -1);
        if (fresh != 0 && had != 0) {
            k.memory().copy(fresh, p, had & -Memory.WORD);
            free(k, t, p);
        }
        return fresh;
    }

    /**
     * kmem_cache_free of what is no object of the cache. A kernel without debugging would queue it
     * anyway; what is reported here is what free_debug_processing says, and the machine stays as it
     * was.
     */
    static void freeRefused(Slab k, Task t, long s, long page, long object) {
        Machine machine = k.machine();
        k.requireMapped(s, "kmem_cache_free");
        if (page == 0) {
            throw machine.oops(object, "kmem_cache_free");
        }
        String cache = k.name(s);
        if (!PageStruct.isSlab(k.memory(), page)) {
            machine.report(
                    String.format(
                            "BUG %s: Attempt to free object(0x%016x) outside of slab",
                            cache, object));
            return;
        }
        machine.report(
                String.format(
                        "BUG %s: page slab pointer corrupt.\n"
                                + "cache_from_obj: Wrong slab cache. %s but object 0x%016x is from %s",
                        cache, cache, object, k.name(PageStruct.slab(k.memory(), page))));
    }
}
