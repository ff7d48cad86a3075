package org.slubcheck.slubbase;

import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;

/**
 * The lists of a node: partial slabs, and full ones of caches that store users.
 *
 * <p>Invariant: while nobody holds a slab's lock, the slab is on its node's partial list exactly
 * when its map is not empty. So whoever holds the lock knows from the map where the slab is; {@code
 * lru} and nr_partial themselves belong to list_lock.
 *
 * <p>slab_lock nests outside list_lock. Who walks a list, and so holds list_lock first, may only
 * try for the lock of a slab. Irqs are off throughout.
 */
public final class PartialLists {
    private PartialLists() {}

    // ---- locks

    /** slab_lock. */
    public static void slabLock(SlubBase k, Task t, long page) {
        k.machine.bitLock(t, page + PageStruct.FLAGS, PageStruct.PG_LOCKED, LockClass.SLAB_LOCK);
    }

    /** slab_trylock. */
    public static boolean slabTryLock(SlubBase k, Task t, long page) {
        return k.machine.bitTryLock(
                t, page + PageStruct.FLAGS, PageStruct.PG_LOCKED, LockClass.SLAB_LOCK);
    }

    /** slab_unlock. */
    public static void slabUnlock(SlubBase k, Task t, long page) {
        k.machine.bitUnlock(t, page + PageStruct.FLAGS, PageStruct.PG_LOCKED, LockClass.SLAB_LOCK);
    }

    /** spin_lock of a node's list_lock; irqs are off. */
    public static void listLock(SlubBase k, Task t, long n) {
        k.machine.spinLock(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK);
    }

    /** spin_unlock of a node's list_lock. */
    public static void listUnlock(SlubBase k, Task t, long n) {
        k.machine.spinUnlock(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK);
    }

    // ---- adding and removing

    /** add_partial at the head: its objects are the hottest. The slab's lock is held. */
    public static void addPartial(SlubBase k, Task t, long n, long page) {
        listLock(k, t, n);
        KmemCacheNode.setNrPartial(k.m, n, KmemCacheNode.nrPartial(k.m, n) + 1);
        ListHead.add(k.m, PageStruct.lru(page), n + KmemCacheNode.PARTIAL);
        listUnlock(k, t, n);
    }

    /** add_partial at the tail: its objects are cold. As {@link #addPartial}. */
    public static void addPartialTail(SlubBase k, Task t, long n, long page) {
        listLock(k, t, n);
        KmemCacheNode.setNrPartial(k.m, n, KmemCacheNode.nrPartial(k.m, n) + 1);
        ListHead.addTail(k.m, PageStruct.lru(page), n + KmemCacheNode.PARTIAL);
        listUnlock(k, t, n);
    }

    /** remove_partial. The slab's lock is held and its map was not empty when it was taken. */
    public static void removePartial(SlubBase k, Task t, long n, long page) {
        listLock(k, t, n);
        unlinkPartial(k.m, n, page);
        listUnlock(k, t, n);
    }

    /** __remove_partial: under list_lock. */
    public static void unlinkPartial(Memory m, long n, long page) {
        ListHead.del(m, PageStruct.lru(page));
        KmemCacheNode.setNrPartial(m, n, KmemCacheNode.nrPartial(m, n) - 1);
    }

    /** add_full, for caches that store users. The slab's lock is held and its map is empty. */
    public static void addFull(SlubBase k, Task t, long s, long n, long page) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.STORE_USER) != 0) {
            listLock(k, t, n);
            ListHead.add(k.m, PageStruct.lru(page), n + KmemCacheNode.FULL);
            listUnlock(k, t, n);
        }
    }

    /** remove_full, for caches that store users. As {@link #addFull}. */
    public static void removeFull(SlubBase k, Task t, long s, long n, long page) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.STORE_USER) != 0) {
            listLock(k, t, n);
            ListHead.del(k.m, PageStruct.lru(page));
            listUnlock(k, t, n);
        }
    }

    // ---- taking a partial slab

    /**
     * get_partial: a locked slab with free objects, off its list, or 0. From the given node, or for
     * any node (-1) from the nearest that has one to spare, unless the flags say THISNODE.
     */
    public static long getPartial(SlubBase k, Task t, long s, int gfp, int node) {
        int home = node < 0 ? k.geometry.nodeOfCpu(t.cpu()) : node;
        long page = fromNode(k, t, k.node(s, home));
        if (page != 0 || !k.manyNodes || node >= 0 || (gfp & Gfp.THISNODE) != 0) {
            return page;
        }
        return fromOthers(k, t, s, home);
    }

    /**
     * get_partial_node. nr_partial is looked at without the lock: who misses a slab that is just
     * being added allocates a new one, which is not wrong.
     */
    private static long fromNode(SlubBase k, Task t, long n) {
        if (n == 0 || KmemCacheNode.nrPartial(k.m, n) == 0) {
            return 0;
        }
        listLock(k, t, n);
        long head = n + KmemCacheNode.PARTIAL;
        long taken = 0;
        for (long lru = ListHead.next(k.m, head);
                lru != head && taken == 0;
                lru = ListHead.next(k.m, lru)) {
            long page = PageStruct.ofLru(lru);
            if (slabTryLock(k, t, page)) {
                taken = page;
            }
        }
        if (taken != 0) {
            unlinkPartial(k.m, n, taken);
            k.acquired(taken);
        }
        listUnlock(k, t, n);
        return taken;
    }

    /** get_any_partial: the other nodes, nearest first; only from those with more than the minimum. */
    private static long fromOthers(SlubBase k, Task t, long s, int home) {
        int nodes = k.geometry.nodes();
        long minPartial = k.m.readOnce(s + KmemCache.MIN_PARTIAL);
        // The distance of two nodes is that of their numbers, so this goes outward.
        for (int step = 1; step < nodes; step++) {
            for (int node = home - step; node <= home + step; node += 2 * step) {
                long n = node < 0 || node >= nodes ? 0 : k.node(s, node);
                if (n != 0 && KmemCacheNode.nrPartial(k.m, n) > minPartial) {
                    long page = fromNode(k, t, n);
                    if (page != 0) {
                        return page;
                    }
                }
            }
        }
        return 0;
    }
}
