package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** B10: size_index is corrected behind its first use. Replaces {@link BootSteps#SIZE_INDEX}. */
public final class B10KmallocBeforeUp extends Defect<BootSteps.SizeIndex> {
    /** Ready to be installed. */
    public B10KmallocBeforeUp() {
        super(
                "B10",
                "the table of kmalloc sizes is corrected too late",
                Technique.BOOT,
                BootSteps.SIZE_INDEX,
                "^kernel BUG at mm/slub.c kmem_cache_init!$");
    }

    @Override
    protected BootSteps.SizeIndex code() {
        return (k, moment) -> {
            if (moment == BootSteps.SizeIndex.Moment.LAST) {
                k.patchSizeIndex();
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010, whose order of steps states the rule",
                Evidence.of(Evidence.CODE),
                "Nothing is kmalloced before the table of small sizes leads to "
                        + "caches that exist.",
                "On a machine whose smallest kmalloc size is 16 or more, "
                        + "size_index leads small requests to an entry of the kmalloc "
                        + "array that is never filled, until it is corrected. The names of "
                        + "the caches are kmalloced before that.",
                "kmalloc finds no cache and returns NULL; kmem_cache_init finds "
                        + "no memory for a name and stops with a BUG.",
                "Correct the table before the first kmalloc cache is made.");
    }
}
