package org.slubcheck.slubq;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;

/** validate_slab_cache: checks every object of every listed slab of a cache. */
final class Validate {
    private Validate() {}

    /**
     * Flushes the queues, then walks the lists of each node under list_lock, irqs off; a slab that
     * somebody has locked is skipped. Returns the number of bad objects; each was reported. May
     * sleep.
     */
    static long cache(Slubq k, Task t, long s) {
        k.flushAll(t, s);
        long errors = 0;
        for (int node = 0; node < k.geometry.nodes(); node++) {
            long n = k.node(s, node);
            if (n != 0) {
                errors += node(k, t, s, n);
            }
        }
        return errors;
    }

    private static long node(Slubq k, Task t, long s, long n) {
        long lock = n + KmemCacheNode.LIST_LOCK;
        boolean irqs = k.machine.spinLockIrqSave(t, lock, LockClass.LIST_LOCK);
        long[] result = new long[2];
        walk(k, t, s, n + KmemCacheNode.PARTIAL, result);
        String name = k.slab.name(s);
        long counter = KmemCacheNode.nrPartial(k.m, n);
        if (result[0] != counter) {
            k.machine
                    .console()
                    .printk(
                            Console.Level.ERR,
                            "SLUB %s: %d partial slabs counted but counter=%d",
                            name,
                            result[0],
                            counter);
        }
        if ((KmemCache.flags(k.m, s) & SlabFlags.STORE_USER) != 0) {
            walk(k, t, s, n + KmemCacheNode.FULL, result);
            long slabs = KmemCacheNode.nrSlabs(k.m, n);
            if (result[0] != slabs) {
                k.machine
                        .console()
                        .printk(
                                Console.Level.ERR,
                                "SLUB: %s %d slabs counted but counter=%d",
                                name,
                                result[0],
                                slabs);
            }
        }
        k.machine.spinUnlockIrqRestore(t, lock, LockClass.LIST_LOCK, irqs);
        return result[1];
    }

    /** Adds slabs and errors of a list to a result. */
    private static void walk(Slubq k, Task t, long s, long head, long[] result) {
        for (long lru = ListHead.next(k.m, head); lru != head; lru = ListHead.next(k.m, lru)) {
            long page = PageStruct.ofLru(lru);
            result[0]++;
            if (PartialLists.slabTryLock(k, t, page)) {
                result[1] += slab(k, s, page);
                PartialLists.slabUnlock(k, t, page);
            } else {
                k.machine
                        .console()
                        .printk(
                                Console.Level.INFO,
                                "SLUB %s: Skipped busy slab 0x%016x",
                                k.slab.name(s),
                                page);
            }
        }
    }

    /**
     * validate_slab: the bad objects of a locked slab. An object that is not free is with a caller
     * or in a queue; only its red zone says which, so without one it is not checked.
     */
    private static long slab(Slubq k, long s, long page) {
        if (!ObjectDebug.checkSlab(k, s, page)) {
            return 1;
        }
        Memory m = k.m;
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(m, s);
        boolean red = (KmemCache.flags(m, s) & SlabFlags.RED_ZONE) != 0;
        long errors = 0;
        for (int i = 0; i < FreeMap.objects(m, page); i++) {
            long object = start + (long) i * size;
            boolean free = FreeMap.test(m, page, i);
            if (!free && !red) {
                continue;
            }
            int state = free ? ObjectDebug.RED_INACTIVE : ObjectDebug.RED_ACTIVE;
            ObjectDebug.open(k, s, object);
            boolean queued = !free && ObjectDebug.isQueued(k, s, object);
            if (!queued) {
                errors += ObjectDebug.checkObject(k, s, page, object, state) ? 0 : 1;
            }
            ObjectDebug.close(k, s, object, free || queued);
        }
        return errors;
    }
}
