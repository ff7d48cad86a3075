package org.slubcheck.slubq;

import org.slubcheck.machine.Console;
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
 * slab_alloc without its fast path (S+Q3 14/23): filling a queue from slabs.
 *
 * <p>The one place where an allocation turns irqs on is around a new slab. Behind it nothing that
 * was known about this CPU holds: the task may run elsewhere, the area may be gone, the queue may be
 * full by now and be of another node. A slab that does not fit the queue it comes back to goes to
 * the partial list, untouched unless the caller has to have an object of it: a queue never holds
 * objects of another node than its CPU's, also when the page allocator has to look elsewhere. (The
 * series lets such objects in.)
 */
final class Refill {
    private Refill() {}

    /** Irqs are off; restores them to {@code saved}. Returns the object, or 0. */
    static long slabAlloc(Slubq k, Task t, long s, int gfp, int node, boolean saved) {
        boolean flags = saved;
        boolean debug = (KmemCache.flags(k.m, s) & SlabFlags.DEBUG_FLAGS) != 0;
        int wanted = Policy.node(k, t, s, node);
        while (true) {
            long c = k.thisArea(t, s);
            long object;
            if (foreign(k, c, wanted)) {
                object = Remote.alloc(k, t, s, gfp, wanted, c);
            } else if (queued(k, c) != 0) {
                object = KmemCacheQueue.get(k.m, k.queueOf(c));
                k.stat(t, s, StatItem.ALLOC_FASTPATH);
            } else {
                object = refill(k, t, s, gfp, wanted, c);
            }
            if (object == 0) {
                k.machine.irqRestore(t, flags);
                outOfMemory(k, t, s, gfp, wanted);
                return 0;
            }
            if (!debug || ObjectDebug.allocProcessing(k, t, s, object)) {
                k.machine.irqRestore(t, flags);
                return object;
            }
            // The object is not fit to be handed out and is lost; take another one.
            flags = k.steps.redo.flags(k, t, flags);
        }
    }

    /** Fills this CPU's empty queue and pops from it; or takes an object past it, or 0. Irqs off. */
    private static long refill(Slubq k, Task t, long s, int gfp, int node, long area) {
        long c = area;
        if (k.numa.sharedTake.take(k, t, s, c)) {
            k.stat(t, s, StatItem.ALLOC_SHARED);
            return KmemCacheQueue.get(k.m, k.queueOf(c));
        }
        while (queued(k, c) < KmemCache.batch(k.m, s)) {
            int from = k.manyNodes ? k.areaNode(c) : node;
            long page = PartialLists.getPartial(k, t, s, gfp & ~Gfp.ZERO, from);
            if (page != 0) {
                k.stat(t, s, StatItem.ALLOC_FROM_PARTIAL);
            } else {
                page = newSlab(k, t, s, gfp, gfp, from);
                c = k.steps.reload.area(k, t, s, c);
                if (page == 0) {
                    break;
                }
                PartialLists.slabLock(k, t, page);
            }
            boolean fits = !k.manyNodes || k.numa.nodeFits.fits(k, c, page);
            long past = 0;
            if (fits) {
                fill(k, t, s, c, page);
            } else if (queued(k, c) == 0 || foreign(k, c, node)) {
                past = Remote.one(k, s, page);
            }
            PartialLists.toLists(k, t, s, page);
            PartialLists.slabUnlock(k, t, page);
            if (past != 0) {
                k.stat(t, s, StatItem.ALLOC_REMOTE);
                return past;
            }
            if (!fits) {
                break;
            }
        }
        boolean thisNode = (gfp & Gfp.THISNODE) != 0;
        if (queued(k, c) == 0 || thisNode && foreign(k, c, node)) {
            return thisNode || !k.manyNodes ? 0 : Remote.ofAnySlab(k, t, s, gfp);
        }
        k.stat(t, s, StatItem.ALLOC_SLOWPATH);
        return KmemCacheQueue.get(k.m, k.queueOf(c));
    }

    private static int queued(Slubq k, long c) {
        return KmemCacheQueue.objects(k.m, k.queueOf(c));
    }

    /** True when an object is wanted of another node than the area's. */
    private static boolean foreign(Slubq k, long c, int node) {
        return k.manyNodes && !k.nodeMatch(c, node);
    }

    /**
     * new_slab, with irqs on if the caller may sleep; with a second set of flags where the first
     * gave nothing.
     */
    static long newSlab(Slubq k, Task t, long s, int gfp, int second, int node) {
        if (!k.config.stats()) {
            return window(k, t, s, gfp, second, node);
        }
        long page = k.steps.stat.count(k, t, s, () -> window(k, t, s, gfp, second, node));
        if (page != 0 && FreeMap.objects(k.m, page) < KmemCache.ooObjects(KmemCache.oo(k.m, s))) {
            k.stat(t, s, StatItem.ORDER_FALLBACK);
        }
        return page;
    }

    private static long window(Slubq k, Task t, long s, int gfp, int second, int node) {
        int masked = gfp & k.pages.allowedMask();
        boolean window = (masked & Gfp.WAIT) != 0 && !t.inInterrupt();
        if (window) {
            k.machine.irqEnable(t);
            k.machine.migrationPoint(t);
        }
        long page = SlabPages.newSlab(k, t, s, masked & ~Gfp.ZERO, node);
        if (page == 0 && second != gfp && (second & Gfp.THISNODE) == 0) {
            int again = second & k.pages.allowedMask() & ~Gfp.ZERO;
            page = SlabPages.newSlab(k, t, s, again, node);
        }
        if (window) {
            k.machine.migrationPoint(t);
            k.machine.irqDisable(t);
        }
        return page;
    }

    /** refill_queue: moves objects from a locked slab that is on no list. */
    private static void fill(Slubq k, Task t, long s, long c, long page) {
        long q = k.queueOf(c);
        int have = KmemCacheQueue.objects(k.m, q);
        int count =
                k.steps.refillCount.count(
                        KmemCache.batch(k.m, s), have, FreeMap.available(k.m, page));
        retrieve(k, t, s, page, KmemCacheQueue.slot(q, have), count);
        KmemCacheQueue.setObjects(k.m, q, have + count);
    }

    /**
     * retrieve_objects: takes the lowest free objects out of a locked slab, and stores them
     * downward, so that low addresses are popped first.
     */
    static void retrieve(Slubq k, Task t, long s, long page, long vector, int count) {
        Memory m = k.m;
        int objects = FreeMap.objects(m, page);
        int size = KmemCache.size(m, s);
        long map = FreeMap.address(m, page);
        long start = k.pages.addressOf(page);
        boolean debug = (KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0;
        int left = count;
        while (left > 0) {
            int bit = FreeMap.first(m, map, objects);
            if (bit < 0) {
                return;
            }
            // A run of neighbours needs neither a search nor a multiplication.
            long object = start + (long) bit * size;
            while (left > 0 && bit < objects && FreeMap.testAndClear(m, map, bit)) {
                left--;
                m.write(vector + (long) left * Memory.WORD, object);
                if (debug) {
                    ObjectDebug.toQueue(k, s, page, object);
                }
                object += size;
                bit++;
            }
        }
    }

    /** slab_out_of_memory: says why, unless the caller does not want to know. */
    private static void outOfMemory(Slubq k, Task t, long s, int gfp, int node) {
        if ((gfp & Gfp.NOWARN) != 0) {
            return;
        }
        Memory m = k.m;
        long oo = KmemCache.oo(m, s);
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        "SLUB: Unable to allocate memory on node %d (gfp=0x%x)\n"
                                + "  cache: %s, object size: %d, buffer size: %d, "
                                + "default order: %d, min order: %d",
                        node,
                        gfp,
                        k.slab.name(s),
                        KmemCache.objsize(m, s),
                        KmemCache.size(m, s),
                        KmemCache.ooOrder(oo),
                        KmemCache.ooOrder(m.read(s + KmemCache.MIN))));
        for (int i = 0; i < k.geometry.nodes(); i++) {
            long n = k.node(s, i);
            if (n != 0) {
                text.append(
                        String.format(
                                "\n  node %d: slabs: %d, objs: %d, free: %d",
                                i,
                                KmemCacheNode.nrSlabs(m, n),
                                KmemCacheNode.totalObjects(m, n),
                                countPartialFree(k, t, n)));
            }
        }
        k.machine.console().printk(Console.Level.WARNING, "%s", text.toString());
    }

    /** count_partial of available: free objects in the partial slabs of a node. */
    static long countPartialFree(Slubq k, Task t, long n) {
        boolean irqs =
                k.machine.spinLockIrqSave(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK);
        long head = n + KmemCacheNode.PARTIAL;
        long free = 0;
        for (long lru = ListHead.next(k.m, head); lru != head; lru = ListHead.next(k.m, lru)) {
            free += FreeMap.racyAvailable(k.m, PageStruct.ofLru(lru));
        }
        k.machine.spinUnlockIrqRestore(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK, irqs);
        return free;
    }
}
