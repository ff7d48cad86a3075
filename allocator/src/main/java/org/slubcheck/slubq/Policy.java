package org.slubcheck.slubq;

import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * Memory policies, object by object (S+Q3 19/23, C. Lameter, 3 Aug 2010). Before, SLUB left them to
 * the page allocator, and they decided over whole slabs.
 */
final class Policy {
    private Policy() {}

    /**
     * find_numa_node: the node that an object is to come from, -1 for the CPU's own. The task's
     * policy decides where the caller did not, for caches marked with SLAB_MEM_SPREAD, outside
     * interrupts.
     */
    static int node(Slubq k, Task t, long s, int asked) {
        boolean spread =
                asked < 0
                        && k.manyNodes
                        && !t.inInterrupt()
                        && (KmemCache.flags(k.m, s) & SlabFlags.MEM_SPREAD) != 0;
        return spread ? t.policy().nextNode() : asked;
    }
}
