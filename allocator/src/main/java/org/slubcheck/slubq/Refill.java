package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.OutOfMemory;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.slubbase.SlabPages;

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
                OutOfMemory.report(k, t, s, gfp, wanted);
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
                int flags = k.numa.newSlabFlags.flags(k, s, gfp);
                page = newSlab(k, t, s, flags, flags, from);
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
            toLists(k, t, s, page);
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

    /** to_lists: a slab that is on no list goes where its map says. The slab's lock is held. */
    static void toLists(Slubq k, Task t, long s, long page) {
        long n = k.node(s, PageStruct.node(k.m, page));
        if (FreeMap.isEmpty(k.m, page)) {
            PartialLists.addFull(k, t, s, n, page);
        } else {
            PartialLists.addPartial(k, t, n, page);
        }
    }
}
