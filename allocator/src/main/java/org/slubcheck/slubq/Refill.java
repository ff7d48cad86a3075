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
 * the partial list untouched.
 */
final class Refill {
    private Refill() {}

    /** Irqs are off; restores them to {@code saved}. Returns the object, or 0. */
    static long slabAlloc(Slubq k, Task t, long s, int gfp, int node, boolean saved) {
        boolean flags = saved;
        boolean debug = (KmemCache.flags(k.m, s) & SlabFlags.DEBUG_FLAGS) != 0;
        while (true) {
            long c = k.thisArea(t, s);
            if (KmemCacheQueue.objects(k.m, k.queueOf(c)) == 0 || !k.nodeMatch(c, node)) {
                c = refill(k, t, s, gfp, node, c);
                if (c == 0) {
                    k.machine.irqRestore(t, flags);
                    outOfMemory(k, t, s, gfp, node);
                    return 0;
                }
                k.stat(t, s, c, StatItem.ALLOC_SLOWPATH);
            } else {
                k.stat(t, s, c, StatItem.ALLOC_FASTPATH);
            }
            long object = KmemCacheQueue.get(k.m, k.queueOf(c));
            if (!debug || ObjectDebug.allocProcessing(k, t, s, object)) {
                k.machine.irqRestore(t, flags);
                return object;
            }
            // The object is not fit to be handed out and is lost; take another one.
            flags = k.steps.redo.flags(k, t, flags);
        }
    }

    /** Fills this CPU's queue; returns its area, with one object at least, or 0. Irqs are off. */
    private static long refill(Slubq k, Task t, long s, int gfp, int node, long area) {
        long c = area;
        switchNode(k, t, s, c, node);
        while (queued(k, c) < KmemCache.batch(k.m, s)) {
            int from = queued(k, c) == 0 ? node : k.manyNodes ? k.areaNode(c) : node;
            long page = PartialLists.getPartial(k, t, s, gfp & ~Gfp.ZERO, from);
            if (page != 0) {
                k.stat(t, s, c, StatItem.ALLOC_FROM_PARTIAL);
            } else {
                page = newSlab(k, t, s, gfp, from);
                long before = c;
                c = k.steps.reload.area(k, t, s, before);
                switchNode(k, t, s, c, node);
                if (page == 0) {
                    break;
                }
                k.stat(t, s, before, StatItem.ALLOC_SLAB);
                PartialLists.slabLock(k, t, page);
            }
            boolean filled = fill(k, t, s, c, page);
            PartialLists.toLists(k, t, s, page);
            PartialLists.slabUnlock(k, t, page);
            if (!filled && queued(k, c) != 0) {
                break;
            }
        }
        return queued(k, c) == 0 ? 0 : c;
    }

    private static int queued(Slubq k, long c) {
        return KmemCacheQueue.objects(k.m, k.queueOf(c));
    }

    /** Empties a queue of the wrong node, so that it can hold objects of the right one. */
    private static void switchNode(Slubq k, Task t, long s, long c, int node) {
        if (k.manyNodes && !k.nodeMatch(c, node)) {
            Drain.flush(k, t, s, c);
            k.setAreaNode(c, node);
        }
    }

    /** new_slab, with irqs on if the caller may sleep. */
    private static long newSlab(Slubq k, Task t, long s, int gfp, int node) {
        int masked = gfp & k.pages.allowedMask();
        boolean window = (masked & Gfp.WAIT) != 0 && !t.inInterrupt();
        if (window) {
            k.machine.irqEnable(t);
            k.machine.migrationPoint(t);
        }
        long page = SlabPages.newSlab(k, t, s, masked & ~Gfp.ZERO, node);
        if (window) {
            k.machine.migrationPoint(t);
            k.machine.irqDisable(t);
        }
        if (page != 0 && FreeMap.objects(k.m, page) < KmemCache.ooObjects(KmemCache.oo(k.m, s))) {
            k.stat(t, s, k.config.stats() ? k.thisArea(t, s) : 0, StatItem.ORDER_FALLBACK);
        }
        return page;
    }

    /**
     * refill_queue: moves objects from a locked slab that is on no list; false when it is of another
     * node than the queue's objects. An empty queue takes over the node of the slab: a page
     * allocator that falls back to another node does not make the queue impure.
     */
    private static boolean fill(Slubq k, Task t, long s, long c, long page) {
        if (k.manyNodes) {
            int node = PageStruct.node(k.m, page);
            if (node != k.areaNode(c)) {
                if (queued(k, c) != 0) {
                    return false;
                }
                k.setAreaNode(c, node);
            }
        }
        long q = k.queueOf(c);
        int have = KmemCacheQueue.objects(k.m, q);
        int count =
                k.steps.refillCount.count(
                        KmemCache.batch(k.m, s), have, FreeMap.available(k.m, page));
        retrieve(k, t, s, page, KmemCacheQueue.slot(q, have), count);
        KmemCacheQueue.setObjects(k.m, q, have + count);
        return true;
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
                        k.slab.nameOf(s),
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
