package org.slubcheck.slubbase;

import java.util.function.LongConsumer;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** kmem_cache_shrink, and the end of a cache: free_partial. */
public final class Shrink {
    private Shrink() {}

    /**
     * Empties the queues, gives empty slabs back and sorts each partial list, fullest slab first, so
     * that those that are nearly empty get a chance to become so. 0, or -ENOMEM with nothing done. May
     * sleep.
     *
     * <p>A slab that somebody has locked keeps its place. Unlike in the kernel of 2010 the map is
     * only looked at with the slab's lock held, so nobody changes it meanwhile.
     */
    public static int shrink(SlubBase k, Task t, long s) {
        int objects = KmemCache.ooObjects(k.m.read(s + KmemCache.MAX));
        long buckets = k.slab.kmalloc(t, (long) objects * ListHead.SIZE, Gfp.KERNEL);
        if (buckets == 0) {
            return Errno.ENOMEM;
        }
        // Only now: the heads may come from a slab of the very cache that is shrunk.
        k.flushAll(t, s);
        boolean first = true;
        for (int node = 0; node < k.geometry.nodes(); node++) {
            long n = k.node(s, node);
            if (n != 0 && KmemCacheNode.nrPartial(k.m, n) != 0) {
                k.shrinkHeads.ready(k.m, buckets, objects, first);
                sortNode(k, t, s, n, buckets, objects);
                first = false;
            }
        }
        k.slab.kfree(t, buckets);
        return 0;
    }

    private static void sortNode(SlubBase k, Task t, long s, long n, long buckets, int objects) {
        Memory m = k.m;
        boolean irqs = lock(k, t, n);
        discardEmpty(
                k,
                t,
                s,
                n,
                page -> {
                    int inuse = Math.min(k.free.inuse(page), objects - 1);
                    ListHead.move(m, PageStruct.lru(page), bucket(buckets, inuse));
                });
        long head = n + KmemCacheNode.PARTIAL;
        for (int i = objects - 1; i >= 0; i--) {
            ListHead.splice(m, bucket(buckets, i), ListHead.prev(m, head));
        }
        unlock(k, t, n, irqs);
    }

    /**
     * The part of shrink_partial_list that expiry needs: gives the empty slabs of a node back; the
     * bytes of their pages. Irqs are on.
     */
    public static long freeEmpty(SlubBase k, Task t, long s, long n) {
        boolean irqs = lock(k, t, n);
        long freed = discardEmpty(k, t, s, n, page -> {});
        KmemCacheNode.clearTouched(k.m, n);
        unlock(k, t, n, irqs);
        return freed;
    }

    /**
     * Walks the partial slabs that nobody has locked: discards the empty ones and shows the others,
     * each under its lock, to who may move them; the bytes discarded. The node's list_lock is held.
     */
    private static long discardEmpty(SlubBase k, Task t, long s, long n, LongConsumer kept) {
        Memory m = k.m;
        long freed = 0;
        long head = n + KmemCacheNode.PARTIAL;
        long next;
        for (long lru = ListHead.next(m, head); lru != head; lru = next) {
            next = ListHead.next(m, lru);
            long page = PageStruct.ofLru(lru);
            if (!PartialLists.slabTryLock(k, t, page)) {
                continue;
            }
            boolean empty = k.free.unused(page);
            if (empty) {
                PartialLists.unlinkPartial(m, n, page);
            } else {
                kept.accept(page);
            }
            PartialLists.slabUnlock(k, t, page);
            if (empty) {
                freed += SlabPages.bytes(k, page);
                SlabPages.discardSlab(k, t, s, page);
            }
        }
        return freed;
    }

    /**
     * free_partial: gives the empty slabs of a node of a dying cache back; true when others are
     * left, whose objects are listed on the console. Irqs are on.
     */
    public static boolean freePartial(SlubBase k, Task t, long s, long n) {
        if (n == 0) {
            return false;
        }
        Memory m = k.m;
        boolean irqs = lock(k, t, n);
        long head = n + KmemCacheNode.PARTIAL;
        long next;
        for (long lru = ListHead.next(m, head); lru != head; lru = next) {
            next = ListHead.next(m, lru);
            long page = PageStruct.ofLru(lru);
            if (!PartialLists.slabTryLock(k, t, page)) {
                continue;
            }
            boolean empty = k.free.unused(page);
            if (empty) {
                PartialLists.unlinkPartial(m, n, page);
            } else {
                listObjects(k, s, page);
            }
            PartialLists.slabUnlock(k, t, page);
            if (empty) {
                SlabPages.discardSlab(k, t, s, page);
            }
        }
        unlock(k, t, n, irqs);
        return KmemCacheNode.nrSlabs(m, n) != 0;
    }

    /** list_slab_objects: the objects that somebody still has. The slab is locked. */
    private static void listObjects(SlubBase k, long s, long page) {
        Memory m = k.m;
        Report.slab(k, s, page, "Objects remaining on kmem_cache_close()");
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(m, s);
        for (int i = 0; i < k.free.objects(page); i++) {
            long object = start + (long) i * size;
            if (!k.free.isFree(page, object)) {
                Report.remaining(k, s, start, object);
            }
        }
    }

    private static boolean lock(SlubBase k, Task t, long n) {
        return k.machine.spinLockIrqSave(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK);
    }

    private static void unlock(SlubBase k, Task t, long n, boolean irqs) {
        k.machine.spinUnlockIrqRestore(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK, irqs);
    }

    private static long bucket(long buckets, int i) {
        return buckets + (long) i * ListHead.SIZE;
    }
}
