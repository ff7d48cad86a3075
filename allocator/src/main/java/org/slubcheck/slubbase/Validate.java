package org.slubcheck.slubbase;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;

/** validate_slab_cache: checks every object of every listed slab of a cache. */
public final class Validate {
    private Validate() {}

    /**
     * Flushes the queues, then walks the lists of each node under list_lock, irqs off; a slab that
     * somebody has locked is skipped. Returns the number of bad objects; each was reported. May
     * sleep.
     */
    public static long cache(SlubBase k, Task t, long s) {
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

    private static long node(SlubBase k, Task t, long s, long n) {
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
    private static void walk(SlubBase k, Task t, long s, long head, long[] result) {
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

    /** validate_slab: the bad objects of a locked slab, or 1 for a slab that is none. */
    private static long slab(SlubBase k, long s, long page) {
        return ObjectBytes.checkSlab(k, s, page) ? k.validateObjects(s, page) : 1;
    }
}
