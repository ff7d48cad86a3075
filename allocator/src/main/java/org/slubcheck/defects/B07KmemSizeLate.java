package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B07: kmem_size set too late. Replaces {@link SlabSteps#KMEM_SIZE}. */
public final class B07KmemSizeLate extends Defect<SlabSteps.KmemSize> {
    /** Ready to be installed. */
    public B07KmemSizeLate() {
        super(
                "B07",
                "kmem_size set too late",
                Technique.PROPERTY,
                SlabSteps.KMEM_SIZE,
                "objects of kmem_cache have \\d+ bytes, a struct kmem_cache of");
    }

    @Override
    protected SlabSteps.KmemSize code() {
        return (k, t, moment) -> {
            if (moment == SlabSteps.KmemSize.Moment.LAST) {
                k.dynamicKmemSize();
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.CODE),
                "kmem_size is the size of every kmem_cache from the first one "
                        + "on: offsetof(node) plus one pointer for each possible node.",
                "kmem_size starts as the size of a struct for as many nodes as "
                        + "the kernel image allows, and used to be corrected at the end of "
                        + "kmem_cache_init. With caches allocated dynamically that is too "
                        + "late: kmem_cache itself is opened with objects for all those "
                        + "nodes, and every struct that boot copies and creates has the "
                        + "wrong size.",
                "The objects of kmem_cache are larger than a struct kmem_cache "
                        + "of this machine, for ever.",
                "Compute kmem_size from nr_node_ids before the first cache is opened.");
    }
}
