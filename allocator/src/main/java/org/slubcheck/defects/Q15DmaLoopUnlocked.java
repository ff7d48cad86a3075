package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q15: DMA caches listed without slub_lock. Replaces {@link SlabSteps#DMA_LATE_LOCK}. */
public final class Q15DmaLoopUnlocked extends Defect<SlabSteps.DmaLateLock> {
    /** Ready to be installed. */
    public Q15DmaLoopUnlocked() {
        super(
                "Q15",
                "DMA caches listed without slub_lock",
                Technique.MODEL,
                SlabSteps.DMA_LATE_LOCK,
                "^slab_caches (leads to|is broken|does not close)",
                "^BUG: KCSAN: data-race in (slab_caches|driver|dma-kmalloc-\\d+|kmalloc-\\d+ list)\\b");
    }

    @Override
    protected SlabSteps.DmaLateLock code() {
        return (k, t, loop) -> loop.run();
    }

    @Override
    public Story story() {
        return new Story(
                "reply to the boot report on the S+Q3 series, D. Rientjes, 16 "
                        + "August 2010, about patch 8",
                Evidence.of(Evidence.SAID),
                "slab_caches changes under slub_lock once there is more than one thread.",
                "kmem_cache_init_late runs with irqs on. It creates the DMA "
                        + "caches and puts them on slab_caches without slub_lock, as "
                        + "kmem_cache_init may, while another CPU creates a cache.",
                "The list of caches is torn: an entry is lost or the ring is "
                        + "broken, and the accesses are unordered.",
                "Hold slub_lock around the loop, or run it while the machine has one thread.");
    }
}
