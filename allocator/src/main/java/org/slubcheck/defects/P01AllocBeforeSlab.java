package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P01: pcpu_mem_alloc does not ask whether slab is up. Replaces {@link PercpuSteps#MEM_GUARD}. */
public final class P01AllocBeforeSlab extends Defect<PercpuSteps.MemGuard> {
    /** Ready to be installed. */
    public P01AllocBeforeSlab() {
        super(
                "P01",
                "percpu asks slab too early",
                Technique.BOOT,
                PercpuSteps.MEM_GUARD,
                "^percpu asked the slab allocator for memory before it was up");
    }

    @Override
    protected PercpuSteps.MemGuard code() {
        return available -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010",
                Evidence.of(Evidence.SAID),
                "Nobody asks the slab allocator for memory before it is up.",
                "pcpu_mem_alloc calls kzalloc for a larger map or another chunk whatever the state. Before kmem_cache_init the array of kmalloc caches is empty and kzalloc returns NULL, which looks like a want of memory; half-way through, an object comes out of a cache that is just being opened; and what is too large for any cache comes from the page allocator, which only works by luck.",
                "A per-CPU allocation of early boot fails, and nothing says that the reserve is too small; or it succeeds on one machine and fails on another.",
                "Ask slab_is_available first; warn once and return NULL when it is not.");
    }
}
