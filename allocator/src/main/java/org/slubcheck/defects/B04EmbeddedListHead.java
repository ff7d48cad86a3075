package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B04: embedded list heads not moved. Replaces {@link SlabSteps#MOVE_LISTS}. */
public final class B04EmbeddedListHead extends Defect<SlabSteps.MoveLists> {
    /** Ready to be installed. */
    public B04EmbeddedListHead() {
        super(
                "B04",
                "embedded list heads not moved",
                Technique.BOOT,
                SlabSteps.MOVE_LISTS,
                "^kmem_cache node#0: the (partial|full) list (leads to"
                        + " 0x[0-9a-f]+, which is no page|is broken at page#\\d+)");
    }

    @Override
    protected SlabSteps.MoveLists code() {
        return (k, t, temp, real) -> {};
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.SAID),
                "A list_head knows its neighbours by address: one that is copied "
                        + "is not on any list.",
                "On UMA the kmem_cache_node is embedded in kmem_cache, so the "
                        + "memcpy that moves the boot cache moves its list heads too. The "
                        + "first and the last page of the partial list still link to the "
                        + "old head. A walk from the new head never meets the new head "
                        + "again, and taking a page off the list writes into the freed "
                        + "block.",
                "The partial list of kmem_cache is not a closed ring, or memory "
                        + "of the freed boot block is used.",
                "Initialise the list heads of the new struct and splice the old "
                        + "lists over, before the fix-up and before the old block is freed.");
    }
}
