package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.Hooks;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.slubbase.Report;
import org.slubcheck.slubbase.SlabPages;

/**
 * From queues back to slabs (S+Q3 14/23): drain_objects, drain_queue, flush_cpu_objects and
 * slab_free without its fast path. Irqs are off throughout.
 */
final class Drain {
    private Drain() {}

    /** slab_free with hooks, debugging, statistics and queues that are full or of another node. */
    static void slabFree(Slubq k, Task t, long s, long c, long object) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.DEBUG_FLAGS) != 0
                && !ObjectDebug.freeProcessing(k, t, s, object)) {
            return;
        }
        Hooks.free(k, s, object);
        int node = k.manyNodes ? k.nodeOf(object) : -1;
        if (k.manyNodes && node != k.areaNode(c)) {
            k.stat(t, s, StatItem.FREE_ALIEN);
            if (!AlienCache.free(k, t, s, c, object, node)) {
                one(k, t, s, object);
            }
            return;
        }
        long q = k.queueOf(c);
        boolean full = KmemCacheQueue.isFull(k.m, q);
        if (full) {
            makeRoom(k, t, s, c, q);
        } else {
            k.stat(t, s, StatItem.FREE_FASTPATH);
        }
        KmemCacheQueue.put(k.m, q, object, !full);
    }

    /** Moves a batch of the coldest objects to the shared queue, or else into their slabs. */
    private static void makeRoom(Slubq k, Task t, long s, long c, long q) {
        long l = SharedCache.of(k, c);
        if (l != 0 && SharedCache.putColdest(k, t, s, q, l) > 0) {
            k.stat(t, s, StatItem.FREE_SHARED);
        } else {
            queue(k, t, s, q, KmemCache.batch(k.m, s));
            k.stat(t, s, StatItem.FREE_SLOWPATH);
        }
    }

    /** flush_cpu_objects: all of a queue, and of those that its CPU shares. */
    static void flush(Slubq k, Task t, long s, long c) {
        long q = k.queueOf(c);
        queue(k, t, s, q, KmemCacheQueue.objects(k.m, q));
        long l = SharedCache.of(k, c);
        if (l != 0) {
            SharedCache.drainAll(k, t, s, k.areaNode(c), l, AlienCache.shift(k, s));
        }
        k.stat(t, s, StatItem.QUEUE_FLUSH);
    }

    /**
     * drain_queue: the coldest objects, as many as are asked for or there; the rest slides down. The
     * queue is the CPU's own, or its lock is held. Returns how many; the queue is untouched then.
     */
    static int queue(Slubq k, Task t, long s, long q, int count) {
        int drained = Math.min(count, KmemCacheQueue.objects(k.m, q));
        objects(k, t, s, KmemCacheQueue.slot(q, 0), drained);
        k.numa.slide.slide(k.m, q, drained);
        KmemCacheQueue.setTouched(k.m, q, false);
        return drained;
    }

    /** drain_objects: each object back into its slab, run by run of objects of one slab. */
    private static void objects(Slubq k, Task t, long s, long vector, int count) {
        int i = 0;
        while (i < count) {
            long object = k.numa.next.object(k.m, vector, i, count);
            long page = slabOf(k, s, object);
            if (page == 0) {
                i++;
                continue;
            }
            PartialLists.slabLock(k, t, page);
            boolean wasEmpty = FreeMap.isEmpty(k.m, page);
            long start = k.pages.addressOf(page);
            long end = start + SlabPages.bytes(k, page);
            long offset = object - start;
            boolean aligned = true;
            do {
                offset = k.numa.offset.of(offset, aligned, object, start);
                aligned = mark(k, s, page, object, offset);
                i++;
                object = k.numa.next.object(k.m, vector, i, count);
            } while (object >= start && object < end);
            finish(k, t, s, page, wasEmpty);
        }
    }

    /** slab_free_alien of S+Q3 14/23: an object straight into its slab. */
    private static void one(Slubq k, Task t, long s, long object) {
        long page = slabOf(k, s, object);
        if (page != 0) {
            PartialLists.slabLock(k, t, page);
            boolean wasEmpty = FreeMap.isEmpty(k.m, page);
            mark(k, s, page, object, object - k.pages.addressOf(page));
            finish(k, t, s, page, wasEmpty);
        }
    }

    /** The slab of an object; 0, with a report, for a pointer that leads to no slab of the cache. */
    private static long slabOf(Slubq k, long s, long object) {
        long page = k.pages.headPageOf(object);
        if (page == 0 || !PageStruct.isSlab(k.m, page) || PageStruct.slab(k.m, page) != s) {
            Report.strayObject(k, s, page, object);
            return 0;
        }
        return page;
    }

    /**
     * Marks the object at an offset free in its locked slab; reports a second free, and what cannot
     * be an object: then it is false.
     */
    private static boolean mark(Slubq k, long s, long page, long object, long offset) {
        Memory m = k.m;
        int size = KmemCache.size(m, s);
        long bit = offset / size;
        if (offset % size != 0 || bit >= FreeMap.objects(m, page)) {
            Report.object(k, s, page, object, "Misaligned object");
            return false;
        }
        boolean debug = (KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0;
        if ((!debug || ObjectDebug.fromQueue(k, s, page, object))
                && FreeMap.testAndSet(m, FreeMap.address(m, page), (int) bit)) {
            Report.object(k, s, page, object, "Double free");
        }
        return true;
    }

    /**
     * Puts a locked slab that got objects back where it belongs now and unlocks it. An empty slab
     * stays on the list as long as the node has no more than min_partial (October 2010): it will be
     * wanted again.
     */
    private static void finish(Slubq k, Task t, long s, long page, boolean wasEmpty) {
        Memory m = k.m;
        long n = k.node(s, PageStruct.node(m, page));
        boolean discard =
                FreeMap.isFull(m, page)
                        && KmemCacheNode.nrPartial(m, n) > m.readOnce(s + KmemCache.MIN_PARTIAL);
        if (discard) {
            if (wasEmpty) {
                PartialLists.removeFull(k, t, s, n, page);
            } else {
                PartialLists.removePartial(k, t, n, page);
                k.stat(t, s, StatItem.FREE_REMOVE_PARTIAL);
            }
        } else if (wasEmpty && !FreeMap.isEmpty(m, page)) {
            PartialLists.removeFull(k, t, s, n, page);
            PartialLists.addPartial(k, t, n, page);
            k.stat(t, s, StatItem.FREE_ADD_PARTIAL);
        }
        PartialLists.slabUnlock(k, t, page);
        if (discard) {
            SlabPages.discardSlab(k, t, s, page);
        }
    }
}
