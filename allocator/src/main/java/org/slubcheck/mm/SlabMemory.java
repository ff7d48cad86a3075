package org.slubcheck.mm;

import org.slubcheck.machine.Task;

/**
 * What the per-CPU allocator wants of the slab allocator, which stands above it: slab_is_available,
 * kzalloc(GFP_KERNEL) and kfree.
 */
public interface SlabMemory {
    /** slab_is_available: true once kmalloc works. */
    boolean slabIsAvailable();

    /** kzalloc with GFP_KERNEL; 0 when there is none. May sleep. */
    long zalloc(Task t, long bytes);

    /** kfree of what {@link #zalloc} returned; 0 is ignored. Any context. */
    void free(Task t, long address);
}
