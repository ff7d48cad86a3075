package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/**
 * Q13: DMA loop starts at kmem_cache_node. Replaces {@link SlabSteps#DMA_SOURCE}.
 *
 * <p>The loop that mirrors the kmalloc array in DMA memory starts at index 0, where
 * kmem_cache_node used to stand. With debugging its objects have 64 bytes, so there are two
 * DMA caches of 64 bytes, with one unique id.
 *
 * <p>Source: reply to S+Q3 13/23 by D. Rientjes, 16 August 2010.
 */
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
                "reply to S+Q3 13/23 by D. Rientjes, 16 August 2010",
                "Unique ids are unique.",
                "The loop that mirrors the kmalloc array in DMA memory starts at index "
                        + "0, where kmem_cache_node used to stand. With debugging its objects have "
                        + "64 bytes, so there are two DMA caches of 64 bytes, with one unique id.",
                "sysfs: cannot create duplicate filename ':dt-0000064'.",
                "Mirror only the caches of the kmalloc array.");
    }
}
