package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.HotplugSteps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;
import org.slubcheck.verdict.Technique;

/** U3a: the structs of a node are freed when its memory has gone. Replaces {@link HotplugSteps#NODE_GONE}. */
public final class U3aNodeLifetime extends Defect<HotplugSteps.NodeGone> {
    /** Ready to be installed. */
    public U3aNodeLifetime() {
        super(
                "U3a",
                "node structs freed when memory goes",
                Technique.MODEL,
                HotplugSteps.NODE_GONE,
                "^BUG: KASAN: slab-use-after-free in kmem_cache_node of no cache\\.");
    }

    @Override
    protected HotplugSteps.NodeGone code() {
        return U3aNodeLifetime::offlineCallback;
    }

    private static void offlineCallback(Slab k, Task t, int node) {
        Memory m = k.memory();
        k.downRead(t, "slab_mem_offline_callback");
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long slot = KmemCache.nodeSlot(at - KmemCache.LIST, node);
            long n = m.loadAcquire(slot);
            if (n != 0) {
                if (KmemCacheNode.nrSlabs(m, n) != 0) {
                    throw k.machine().bug("mm/slub.c slab_mem_offline_callback");
                }
                m.storeRelease(slot, 0);
                k.freeNode(t, n);
            }
        }
        k.upRead(t);
    }

    @Override
    public Story story() {
        return new Story(
                "\"memory hotplug: make kmem_cache_node for SLUB on memory online avoid panic\","
                        + " Y. Goto, October 2007; ended by \"mm, slub: stop freeing kmem_cache_node"
                        + " structures on node offline\", V. Babka, 2021",
                Evidence.of(Evidence.UPSTREAM),
                "What is looked at without a lock is freed behind everybody who may look, or not at"
                        + " all.",
                "The memory of a node has gone, and the callback frees the struct of the node in every"
                        + " cache, with slub_lock held for read. Who reads a sysfs file holds it for"
                        + " read as well; who validates the slabs of a cache, or looks for a partial"
                        + " slab of the node, holds nothing. Any of them may have the struct's address"
                        + " from before.",
                "A use after free of the struct: its lock is taken, its list is walked.",
                "Leave the structs alone: they are small, nodes go seldom, and when the node comes"
                        + " back they are there.");
    }
}
