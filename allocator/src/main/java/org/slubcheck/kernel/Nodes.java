package org.slubcheck.kernel;

import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** Where a cache's node structs are, as an observer sees it. */
final class Nodes {
    private Nodes() {}

    /**
     * The kmem_cache_node of a cache and a node, embedded on UMA; 0 when there is none, or what
     * stands there is no address that a struct can have.
     */
    static long of(Kernel kernel, long s, int node) {
        if (!kernel.geometry().numa()) {
            return s + KmemCache.NODE;
        }
        Memory m = kernel.memory();
        long n = m.peek(KmemCache.nodeSlot(s, node));
        return n > 0
                        && n <= m.size() - KmemCacheNode.LAYOUT.size()
                        && kernel.pages().pageOf(n) != 0
                        && (n & 7) == 0
                ? n
                : 0;
    }
}
