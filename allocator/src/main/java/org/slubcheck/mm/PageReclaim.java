package org.slubcheck.mm;

import org.slubcheck.machine.Task;

/**
 * Who can give pages back when there are none: what try_to_free_pages calls of the slab allocator
 * (S+Q3 23/23, C. Lameter, 3 Aug 2010). The page allocator knows no slab, so it is made with this.
 */
@FunctionalInterface
public interface PageReclaim {
    /**
     * Gives back what is kept for later of the memory of a node, -1 for all nodes; the bytes, or 0.
     * Irqs are on and no spin lock is held, but the caller may hold any sleeping lock.
     */
    long reclaim(Task t, int node);
}
