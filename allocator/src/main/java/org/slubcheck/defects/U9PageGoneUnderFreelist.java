package org.slubcheck.defects;

import org.slubcheck.mm.PageStruct;
import org.slubcheck.slub.LocklessSlub;
import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.verdict.Technique;

/** U9: the page goes behind the look at the freelist. Replaces {@link LocklessSteps#NODE_MATCH}. */
public final class U9PageGoneUnderFreelist extends Defect<LocklessSteps.NodeMatch> {
    /** Ready to be installed. */
    public U9PageGoneUnderFreelist() {
        super(
                "U9",
                "freelist and page of different times",
                Technique.MODEL,
                LocklessSteps.NODE_MATCH,
                "^BUG: unable to handle kernel NULL pointer dereference at 0{16}\\n"
                        + "IP: page_to_nid in slab_alloc_node$");
    }

    @Override
    protected LocklessSteps.NodeMatch code() {
        return (k, page, node) -> node < 0 || nodeOf(k, page) == node;
    }

    /** page_to_nid, which says where it faults: any other NULL is not this defect's. */
    private static int nodeOf(LocklessSlub k, long page) {
        if (page == 0) {
            throw k.machine().oops(page, "page_to_nid in slab_alloc_node");
        }
        return PageStruct.node(k.memory(), page);
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"mm/slub: fix panic in slab_alloc_node()\", L. Dufour, November 2020",
                Evidence.of(Evidence.UPSTREAM),
                "Before its instruction has succeeded, a fast path knows nothing of two words "
                        + "together: each must do for itself.",
                "An allocation that wants a node reads an object from c->freelist. An IPI "
                        + "flushes the slab of the CPU: c->page becomes NULL. The allocation asks "
                        + "the page for its node.",
                "An oops at the flags of struct page NULL, though the instruction behind it "
                        + "would have failed.",
                "Without a page there is no match.");
    }
}
