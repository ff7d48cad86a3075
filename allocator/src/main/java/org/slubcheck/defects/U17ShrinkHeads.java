package org.slubcheck.defects;

import org.slubcheck.slubbase.ShrinkSteps;
import org.slubcheck.verdict.Technique;

/** U17: shrinking leaves list heads as they were. Replaces {@link ShrinkSteps#HEADS}. */
public final class U17ShrinkHeads extends Defect<ShrinkSteps.Heads> {
    /** Ready to be installed. */
    public U17ShrinkHeads() {
        super(
                "U17",
                "shrink does not reset its list heads",
                Technique.PROPERTY,
                ShrinkSteps.HEADS,
                "^shrunk node#[1-9]: (the partial list (is broken at page#\\d+|does not close)"
                        + "|page#\\d+ is on the partial list and should not be)");
    }

    @Override
    protected ShrinkSteps.Heads code() {
        return (m, heads, count, first) -> {
            if (first) {
                ShrinkSteps.init(m, heads, count);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: kmem_cache_shrink: init discard list after freeing slabs\", V. "
                        + "Davydov, 11 February 2015; reported by Huang Ying",
                Evidence.of(Evidence.UPSTREAM, Evidence.INFERRED),
                "A list head that was spliced out of must be initialised before it is used "
                        + "again.",
                "When shrinking was made to need no memory, the list of slabs to be freed "
                        + "moved to the stack and was initialised once; after the first node "
                        + "its head still pointed to the pages just freed, and the slabs of "
                        + "the second node were added to them. This port sorts as 2.6.36 "
                        + "does, into heads by the number of objects in use, and frees "
                        + "at once; so here these heads are initialised for the first node "
                        + "only, and slabs of the second are linked to slabs of the first.",
                "With more than one node: list corruption, use after free.",
                "Initialise the heads for every node.");
    }
}
