package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slubbase.Hooks;
import org.slubcheck.slubbase.OutOfMemory;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.slubbase.SlabPages;

/**
 * The slow paths of 2.6.36: __slab_alloc, __slab_free, deactivate_slab, unfreeze_slab, flush_slab.
 * Irqs are off, but in the window in which a new slab is made.
 *
 * <p>Where a CPU slab becomes known, the slab's lock is held until its objects are the CPU's: what
 * others free meanwhile then goes to page-&gt;freelist, which the CPU takes over when its own list is
 * empty.
 */
final class SlowPath {
    private SlowPath() {}

    // ---- allocation

    /** __slab_alloc: an object, or 0. Irqs off on entry and exit; c is this CPU's area. */
    static long alloc(Slub k, Task t, long s, int gfp, int node, long area) {
        Memory m = k.m;
        long c = area;
        int flags = gfp & ~Gfp.ZERO;
        long page = m.read(c + KmemCacheCpu.PAGE);
        if (page != 0) {
            PartialLists.slabLock(k, t, page);
            if (k.nodeMatch(c, node)) {
                k.stat(t, s, StatItem.ALLOC_REFILL);
                long object = loadFreelist(k, t, s, c, page);
                if (object != 0) {
                    return object;
                }
            }
            deactivate(k, t, s, c);
        }
        while (true) {
            page = k.keptPartial(t, s, c, node);
            if (page == 0) {
                page = PartialLists.getPartial(k, t, s, flags, node);
                if (page != 0) {
                    k.stat(t, s, StatItem.ALLOC_FROM_PARTIAL);
                    k.foundPartial(t, s, c, page);
                }
            }
            if (page == 0) {
                page = window(k, t, s, flags, node);
                if (page == 0) {
                    OutOfMemory.report(k, t, s, gfp, node);
                    return 0;
                }
                c = k.thisArea(t, s);
                k.transaction(c);
                k.stat(t, s, StatItem.ALLOC_SLAB);
                // The CPU may have got a slab in the window, or this may be another CPU.
                k.flush(t, s, c);
                PartialLists.slabLock(k, t, page);
                PageStruct.setFlags(m, page, PageStruct.PG_ACTIVE);
            }
            m.writeOnce(c + KmemCacheCpu.PAGE, page);
            long object = loadFreelist(k, t, s, c, page);
            if (object != 0) {
                return object;
            }
            k.steps.badSlab.give(k, t, s, c);
        }
    }

    /**
     * load_freelist: gives the CPU all that is on the locked slab's list, and the caller the first of
     * it; unlocks. 0 when there is nothing to have, and the slab is still locked.
     */
    private static long loadFreelist(Slub k, Task t, long s, long c, long page) {
        Memory m = k.m;
        long object = PageStruct.freelist(m, page);
        if (object == 0) {
            return 0;
        }
        if (k.debug(s)) {
            if (!ObjectDebug.allocProcessing(k, t, s, page, object)) {
                return 0;
            }
            // One at a time, and no free that bypasses the checks: node -1.
            Freelist.addInuse(k, page, 1);
            PageStruct.setFreelist(m, page, Freelist.next(m, s, object));
            m.writeOnceInt(c + KmemCacheCpu.NODE, -1);
        } else {
            k.setFreelist(c, Freelist.next(m, s, object));
            int objects = Freelist.objects(m, page);
            k.steps.counts.store(m, page, Freelist.counts(objects, objects));
            PageStruct.setFreelist(m, page, 0);
            m.writeOnceInt(c + KmemCacheCpu.NODE, PageStruct.node(m, page));
        }
        PartialLists.slabUnlock(k, t, page);
        k.stat(t, s, StatItem.ALLOC_SLOWPATH);
        return object;
    }

    /** new_slab, with irqs on if the caller may sleep; afterwards the task may be elsewhere. */
    private static long window(Slub k, Task t, long s, int gfp, int node) {
        int masked = gfp & k.pages.allowedMask();
        boolean window = (masked & Gfp.WAIT) != 0 && !t.inInterrupt();
        if (window) {
            k.machine.irqEnable(t);
            k.machine.migrationPoint(t);
        }
        long page = SlabPages.newSlab(k, t, s, masked, node);
        if (window) {
            k.machine.migrationPoint(t);
            k.machine.irqDisable(t);
        }
        if (page != 0
                && k.config.stats()
                && Freelist.objects(k.m, page) < KmemCache.ooObjects(KmemCache.oo(k.m, s))) {
            k.stat(t, s, StatItem.ORDER_FALLBACK);
        }
        return page;
    }

    // ---- free

    /**
     * __slab_free: into a slab that is not this CPU's, or of a cache that is debugged.
     *
     * @param hooked the free hook has had the object already
     */
    static void free(Slub k, Task t, long s, long page, long object, boolean hooked) {
        Memory m = k.m;
        k.stat(t, s, StatItem.FREE_SLOWPATH);
        PartialLists.slabLock(k, t, page);
        if (k.debug(s) && !ObjectDebug.freeProcessing(k, t, s, page, object)) {
            PartialLists.slabUnlock(k, t, page);
            return;
        }
        if (!hooked) {
            Hooks.free(k, s, object);
        }
        long prior = PageStruct.freelist(m, page);
        Freelist.setNext(m, s, object, prior);
        PageStruct.setFreelist(m, page, object);
        Freelist.addInuse(k, page, -1);
        if (frozen(m, page)) {
            k.stat(t, s, StatItem.FREE_FROZEN);
            PartialLists.slabUnlock(k, t, page);
            return;
        }
        long n = k.node(s, PageStruct.node(m, page));
        if (Freelist.inuse(m, page) == 0) {
            if (prior != 0) {
                PartialLists.removePartial(k, t, n, page);
                k.stat(t, s, StatItem.FREE_REMOVE_PARTIAL);
            }
            PartialLists.slabUnlock(k, t, page);
            SlabPages.discardSlab(k, t, s, page);
            return;
        }
        if (prior == 0) {
            PartialLists.addPartialTail(k, t, n, page);
            k.stat(t, s, StatItem.FREE_ADD_PARTIAL);
        }
        PartialLists.slabUnlock(k, t, page);
    }

    private static boolean frozen(Memory m, long page) {
        return PageStruct.test(m, page, PageStruct.PG_ACTIVE);
    }

    // ---- giving a CPU slab up

    /** flush_slab: of an area that has a slab. */
    static void flush(Slub k, Task t, long s, long c) {
        k.transaction(c);
        k.stat(t, s, StatItem.CPUSLAB_FLUSH);
        PartialLists.slabLock(k, t, k.m.readOnce(c + KmemCacheCpu.PAGE));
        deactivate(k, t, s, c);
    }

    /**
     * deactivate_slab: the CPU's free objects go back onto the list of its locked slab one by one,
     * then the slab to where it belongs, and its lock is given back. A slab that comes back with
     * objects goes first, since they are hot.
     */
    static void deactivate(Slub k, Task t, long s, long c) {
        Memory m = k.m;
        long page = m.readOnce(c + KmemCacheCpu.PAGE);
        boolean tail = true;
        if (PageStruct.freelist(m, page) != 0) {
            k.stat(t, s, StatItem.DEACTIVATE_REMOTE_FREES);
        }
        long object = k.freelist(c);
        k.setFreelist(c, 0);
        int back = 0;
        while (object != 0) {
            tail = false;
            long next = Freelist.next(m, s, object);
            Freelist.setNext(m, s, object, PageStruct.freelist(m, page));
            PageStruct.setFreelist(m, page, object);
            back++;
            object = next;
        }
        if (back > 0) {
            Freelist.addInuse(k, page, -back);
        }
        m.writeOnce(c + KmemCacheCpu.PAGE, 0);
        unfreeze(k, t, s, page, tail);
    }

    /** unfreeze_slab: to the lists of its node or the page allocator; unlocks. */
    static void unfreeze(Slub k, Task t, long s, long page, boolean tail) {
        Memory m = k.m;
        long n = k.node(s, PageStruct.node(m, page));
        PageStruct.clearFlags(m, page, PageStruct.PG_ACTIVE);
        if (Freelist.inuse(m, page) == 0) {
            k.stat(t, s, StatItem.DEACTIVATE_EMPTY);
            if (KmemCacheNode.nrPartial(m, n) < m.readOnce(s + KmemCache.MIN_PARTIAL)) {
                // Kept against the next burst; at the tail, so that others fill up first.
                PartialLists.addPartialTail(k, t, n, page);
                PartialLists.slabUnlock(k, t, page);
            } else {
                PartialLists.slabUnlock(k, t, page);
                SlabPages.discardSlab(k, t, s, page);
            }
            return;
        }
        if (PageStruct.freelist(m, page) == 0) {
            k.stat(t, s, StatItem.DEACTIVATE_FULL);
            PartialLists.addFull(k, t, s, n, page);
        } else if (tail) {
            PartialLists.addPartialTail(k, t, n, page);
            k.stat(t, s, StatItem.DEACTIVATE_TO_TAIL);
        } else {
            PartialLists.addPartial(k, t, n, page);
            k.stat(t, s, StatItem.DEACTIVATE_TO_HEAD);
        }
        PartialLists.slabUnlock(k, t, page);
    }
}
