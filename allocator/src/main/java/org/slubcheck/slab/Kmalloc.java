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
        int clear = k.config().init().any() ? Gfp.ZERO : 0;
        long page = k.pages().allocPagesNode(t, node, gfp | Gfp.COMP | clear, order);
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
            k.engine().free(m, t, PageStruct.slab(m, page), p);
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
        k.memory().fill(p, ksize(k, t, p), 0);
        free(k, t, p);
    }

    static long ksize(Slab k, Task t, long p) {
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
        // Who asks may use all of it from now on.
        k.engine().setAsked(t, s, p, KmemCache.objsize(m, s));
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

    /** An object of a given cache, of which so many bytes are asked for. */
    static long from(Slab k, Task t, long s, int gfp, long size) {
        long p = k.engine().alloc(t, s, gfp, -1);
        if (p != 0) {
            k.engine().setAsked(t, s, p, (int) size);
        }
        return p;
    }

    static long realloc(Slab k, Task t, long p, long size, int gfp) {
        if (size == 0) {
            free(k, t, p);
            return Slab.ZERO_SIZE_PTR;
        }
        long asked = asked(k, p);
        long had = asked != 0 ? KmemCache.objsize(k.memory(), owner(k, p)) : ksize(k, t, p);
        if (Long.compareUnsigned(had, size) >= 0) {
            resize(k, t, p, size, gfp, asked, had);
            return p;
        }
        long fresh = alloc(k, t, size, gfp, -1);
        if (fresh != 0 && had != 0) {
            copy(k.memory(), fresh, p, asked != 0 ? asked : had);
            free(k, t, p);
        }
        return fresh;
    }

    /** memcpy: words, and the bytes that are left. */
    private static void copy(Memory m, long to, long from, long bytes) {
        long words = bytes & -Memory.WORD;
        m.copy(to, from, words);
        for (long i = words; i < bytes; i++) {
            m.writeByte(to + i, m.readByte(from + i));
        }
    }

    /** An object that fits stays where it is: its user has more of it from now on, or less. */
    private static void resize(
            Slab k, Task t, long p, long size, int gfp, long asked, long usable) {
        long from = asked != 0 && asked < size ? asked : size;
        long to = asked != 0 && asked < size ? size : usable;
        if (asked != 0) {
            // What is cleared may be red zone still.
            k.engine().setAsked(t, owner(k, p), p, (int) usable);
        }
        boolean always = k.config().init().onAlloc() && clears(k, p);
        if ((gfp & Gfp.ZERO) != 0 || always) {
            k.memory().fill(p + from, to - from, 0);
        }
        if (asked != 0) {
            k.engine().setAsked(t, owner(k, p), p, (int) size);
        }
    }

    /** Whether memory of the block's cache is cleared for its user; that of pages is not. */
    private static boolean clears(Slab k, long p) {
        long s = owner(k, p);
        return s != 0 && MemInit.clears(k.memory(), s);
    }

    /** What the user of a block asked for; 0 where nobody knows. */
    private static long asked(Slab k, long p) {
        long s = Long.compareUnsigned(p, Slab.ZERO_SIZE_PTR) <= 0 ? 0 : owner(k, p);
        return s == 0 ? 0 : k.engine().asked(s, p);
    }

    /** The cache that a block is of; 0 for pages. */
    private static long owner(Slab k, long p) {
        long page = k.pages().headPageOf(p);
        boolean slab = page != 0 && PageStruct.isSlab(k.memory(), page);
        return slab ? PageStruct.slab(k.memory(), page) : 0;
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
