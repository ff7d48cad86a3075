package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q13: DMA loop starts at kmem_cache_node. Replaces {@link SlabSteps#DMA_SOURCE}. */
public final class Q13DuplicateDt0000064 extends Defect<SlabSteps.DmaSource> {
    /** Ready to be installed. */
    public Q13DuplicateDt0000064() {
        super(
                "Q13",
                "DMA loop starts at kmem_cache_node",
                Technique.PROPERTY,
                SlabSteps.DMA_SOURCE,
                "duplicate filename '/kernel/slab/(:d\\w*t-\\d+|dma-kmalloc-\\d+)'");
    }

    @Override
    protected SlabSteps.DmaSource code() {
        return (k, index) ->
                index == 0 ? k.kmemCacheNode() : SlabSteps.DMA_SOURCE.mainline().source(k, index);
    }

    @Override
    public Story story() {
        return new Story(
                "reply to the boot report on the S+Q3 series, D. Rientjes, 16 "
                        + "August 2010, about patch 8",
                Evidence.of(Evidence.SAID),
                "Unique ids are unique.",
                "The loop that mirrors the kmalloc array in DMA memory starts at "
                        + "index 0, where kmem_cache_node stands. With debugging its "
                        + "objects have 64 bytes, so there are two DMA caches of 64 bytes, "
                        + "with one unique id. Seen with patches 1 to 8 alone: patch 11 "
                        + "moves kmem_cache_node out of the array, so this port puts it "
                        + "back at index 0 for the loop.",
                "sysfs: cannot create duplicate filename ':dt-0000064'.",
                "Mirror only the caches of the kmalloc array.");
    }
}
