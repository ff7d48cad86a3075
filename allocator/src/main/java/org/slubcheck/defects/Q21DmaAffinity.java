package org.slubcheck.defects;

import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubq.NodeSteps;
import org.slubcheck.verdict.Technique;

/**
 * Q21: an accepted cost, and what is wrong is not to accept it. Replaces {@link
 * NodeSteps#NEW_SLAB_FLAGS}.
 */
public final class Q21DmaAffinity extends Defect<NodeSteps.NewSlabFlags> {
    /** Ready to be installed. */
    public Q21DmaAffinity() {
        super(
                "Q21",
                "DMA slabs of the CPU's node or none",
                Technique.PROPERTY,
                NodeSteps.NEW_SLAB_FLAGS,
                "^kmalloc\\(\\d+, GFP_DMA\\) fails on cpu#\\d of node \\d while node 0 has free pages of ZONE_DMA$");
    }

    @Override
    protected NodeSteps.NewSlabFlags code() {
        return (k, s, gfp) ->
                (KmemCache.flags(k.memory(), s) & SlabFlags.CACHE_DMA) != 0
                        ? gfp | Gfp.THISNODE
                        : gfp;
    }

    @Override
    public Story story() {
        return new Story(
                "D. Rientjes on S+Q3 8/23, 16 August 2010, who asks; C. Lameter, 17 August 2010, "
                        + "who accepts it. The wrong code is ours",
                Evidence.of(Evidence.SAID, Evidence.INFERRED),
                "A DMA allocation is served from the nearest node with ZONE_DMA, whatever node the "
                        + "kmem_cache_cpu of the CPU is on.",
                "This entry documents a decision. The kmem_cache_cpu of a DMA cache is on the node "
                        + "of its CPU, the slabs are where ZONE_DMA is, so the two have no "
                        + "affinity. That was asked about and accepted, as DMA caches are of "
                        + "little use by now. The property measures what it costs here: on a CPU "
                        + "of a node without ZONE_DMA every DMA object goes past the queue, which "
                        + "stays empty. What is put back as wrong code is the affinity itself: "
                        + "slabs of a DMA cache come from the node of the CPU or not at all.",
                "kmalloc with GFP_DMA fails on CPUs of other nodes while DMA pages are free.",
                "Let the page allocator go to the nearest node that has the zone.");
    }
}
