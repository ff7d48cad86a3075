package org.slubcheck.kernel;

import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;

/** Where a cache's node structs are, as an observer sees it. */
final class Nodes {
    private Nodes() {}

    /** The kmem_cache_node of a cache and a node, embedded on UMA; 0 when there is none. */
    static long of(Kernel kernel, long s, int node) {
        long field = s + KmemCache.NODE;
        return kernel.geometry().numa()
                ? kernel.memory().peek(field + (long) node * Memory.WORD)
                : field;
    }
}
