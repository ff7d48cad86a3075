package org.slubcheck.slubbase;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** slab_out_of_memory: what the console says of an allocation that found no memory. */
public final class OutOfMemory {
    private OutOfMemory() {}

    /** slab_out_of_memory: says why, unless the caller does not want to know. */
    public static void report(SlubBase k, Task t, long s, int gfp, int node) {
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
    private static long countPartialFree(SlubBase k, Task t, long n) {
        boolean irqs =
                k.machine.spinLockIrqSave(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK);
        long head = n + KmemCacheNode.PARTIAL;
        long free = 0;
        for (long lru = ListHead.next(k.m, head); lru != head; lru = ListHead.next(k.m, lru)) {
            free += k.free.racyAvailable(PageStruct.ofLru(lru));
        }
        k.machine.spinUnlockIrqRestore(t, n + KmemCacheNode.LIST_LOCK, LockClass.LIST_LOCK, irqs);
        return free;
    }
}
