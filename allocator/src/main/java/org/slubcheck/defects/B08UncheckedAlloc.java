package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B08: unchecked boot allocations. Replaces {@link SlabSteps#CHECK_KMALLOC_STRUCT}. */
public final class B08UncheckedAlloc extends Defect<SlabSteps.Check> {
    /** Ready to be installed. */
    public B08UncheckedAlloc() {
        super(
                "B08",
                "unchecked boot allocations",
                Technique.FAULT,
                SlabSteps.CHECK_KMALLOC_STRUCT,
                "^BUG: unable to handle kernel (NULL pointer dereference|paging request) at"
                        + " [0-9a-f]{16}\nIP: kmem_cache_open$");
    }

    @Override
    protected SlabSteps.Check code() {
        return pointer -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.CODE),
                "An allocation may fail; at boot the answer is a panic that says "
                        + "what could not be created.",
                "create_kmalloc_cache takes a kmem_cache from kmem_cache_alloc "
                        + "and opens it without looking, and the block for the temporary "
                        + "structs is used as it comes from __get_free_pages. When memory "
                        + "is short the first access goes to address zero and something.",
                "An oops (NULL pointer dereference) where a panic with a message belongs.",
                "Check both; panic with the name and size of the cache that "
                        + "could not be created.");
    }
}
