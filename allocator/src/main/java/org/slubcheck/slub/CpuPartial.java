package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slubbase.PartialLists;

/**
 * The partial slabs that a CPU keeps behind its slab ("slub: per cpu cache for partial pages", C.
 * Lameter, August 2011): frozen, on no list, and linked by their first list word from c-&gt;partial.
 * Who takes a slab off the list of a node takes some more while he is at it, so that he need not come
 * again soon.
 *
 * <p>The chain belongs to its CPU with irqs off. The objects of the slabs are still all in the slabs:
 * who frees one goes by the slab's lock, and finds it frozen.
 */
final class CpuPartial {
    private CpuPartial() {}

    /** page-&gt;next. */
    private static long nextSlot(long page) {
        return page + PageStruct.LRU;
    }

    /** s-&gt;cpu_partial: how many free objects a CPU may keep so; fewer, the larger they are. */
    private static int most(Slub k, long s) {
        int size = KmemCache.size(k.m, s);
        if (size >= k.geometry.pageSize()) {
            return 2;
        }
        return size >= 1024 ? 6 : size >= 256 ? 13 : 30;
    }

    /**
     * The rest of get_partial_node: the slab that was found is locked and becomes the CPU's, irqs are
     * off. Slabs that somebody has locked stay where they are.
     */
    static void refill(LocklessSlub k, Task t, long s, long c, long found) {
        if (k.debug(s)) {
            return;
        }
        Memory m = k.m;
        long n = k.node(s, PageStruct.node(m, found));
        int enough = most(k, s) / 2;
        int available = Freelist.racyAvailable(m, found);
        if (available > enough || KmemCacheNode.nrPartial(m, n) == 0) {
            return;
        }
        PartialLists.listLock(k, t, n);
        long head = n + KmemCacheNode.PARTIAL;
        long next;
        for (long lru = ListHead.next(m, head); lru != head && available <= enough; lru = next) {
            next = ListHead.next(m, lru);
            long page = PageStruct.ofLru(lru);
            if (PartialLists.slabTryLock(k, t, page)) {
                available += Freelist.racyAvailable(m, page);
                PartialLists.unlinkPartial(m, n, page);
                k.fast.acquire.freeze(k, t, page);
                m.write(nextSlot(page), m.read(c + LocklessCpu.PARTIAL));
                m.write(c + LocklessCpu.PARTIAL, page);
            }
        }
        PartialLists.listUnlock(k, t, n);
    }

    /**
     * The first slab of the chain that is of the node, off it and locked; 0 if there is none, and the
     * chain is empty then. Those before it go back to their nodes: __slab_alloc makes the first of the
     * chain the CPU's whatever its node is, finds that they do not match, and deactivates it. If they
     * stayed, requests for alternating nodes would make the chain longer and longer. Irqs off.
     */
    static long take(LocklessSlub k, Task t, long s, long c, int node) {
        long page;
        while ((page = pop(k, t, c)) != 0) {
            if (node < 0 || PageStruct.node(k.m, page) == node) {
                return page;
            }
            SlowPath.unfreeze(k, t, s, page, true);
        }
        return 0;
    }

    /** The first slab of the chain, off it and locked; 0 if it is empty. Irqs off. */
    private static long pop(LocklessSlub k, Task t, long c) {
        long page = k.m.read(c + LocklessCpu.PARTIAL);
        if (page != 0) {
            k.m.write(c + LocklessCpu.PARTIAL, k.m.read(nextSlot(page)));
            PartialLists.slabLock(k, t, page);
        }
        return page;
    }

    /** unfreeze_partials: all of them go back to their node. Irqs off. */
    static void flush(LocklessSlub k, Task t, long s, long c) {
        long page;
        while ((page = pop(k, t, c)) != 0) {
            SlowPath.unfreeze(k, t, s, page, true);
        }
    }

    /** Free objects in the slabs of the chain. Nobody runs on its CPU. */
    static int objects(LocklessSlub k, long c) {
        int objects = 0;
        long page = k.m.read(c + LocklessCpu.PARTIAL);
        for (; page != 0; page = k.m.read(nextSlot(page))) {
            objects += Freelist.racyAvailable(k.m, page);
        }
        return objects;
    }

    /** The slab behind one of a chain, as an observer sees it. */
    @Observer
    static long peekNext(Memory m, long page) {
        return m.peek(nextSlot(page));
    }
}
