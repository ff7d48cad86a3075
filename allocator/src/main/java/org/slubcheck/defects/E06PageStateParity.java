package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E06: tails have a reference, as without an MMU. Replaces {@link EarlySteps#TAIL_COUNT}. */
public final class E06PageStateParity extends Defect<EarlySteps.TailCount> {
    /** Ready to be installed. */
    public E06PageStateParity() {
        super(
                "E06",
                "early pages as memmap_init has them",
                Technique.PROPERTY,
                EarlySteps.TAIL_COUNT,
                "^BUG: Bad page state in process CPU#\\d+  pfn:[0-9a-f]+\\npage:[0-9a-f]+ count:1 mapcount:0 ");
    }

    @Override
    protected EarlySteps.TailCount code() {
        return () -> 1;
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005: early_alloc_pages "
                        + "says which counts the pages must have, with and without an MMU",
                Evidence.of(Evidence.SAID),
                "Of an allocated block nothing tells who allocated it.",
                "The page allocator hands out a block with one reference, at its first "
                        + "page. A kernel without an MMU counts each page. Early pages that are "
                        + "counted so on a kernel with one look used when their block is given back.",
                "A bad page when a slab from early boot goes, and its block leaks.",
                "Give the first page the reference and the others none, and put pages that "
                        + "go back early into the state that memmap_init makes.");
    }
}
