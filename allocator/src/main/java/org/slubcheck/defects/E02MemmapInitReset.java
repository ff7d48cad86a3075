package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E02: memmap_init writes every struct page. Replaces {@link EarlySteps#MEMMAP_GUARD}. */
public final class E02MemmapInitReset extends Defect<EarlySteps.MemmapGuard> {
    /** Ready to be installed. */
    public E02MemmapInitReset() {
        super(
                "E02",
                "memmap_init resets live slabs",
                Technique.BOOT,
                EarlySteps.MEMMAP_GUARD,
                "^0x[0-9a-f]+ is no object of any slab, yet is in ");
    }

    @Override
    protected EarlySteps.MemmapGuard code() {
        return taken -> false;
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005, which therefore "
                        + "skips PageSlab",
                Evidence.of(Evidence.SAID),
                "Who has a page alone changes its struct page.",
                "memmap_init_zone gives every struct page of a zone its first state: no "
                        + "flags but the zone and node, no reference, on no list. Pages that early "
                        + "kmalloc has taken are slabs by then, on the partial list of their node or "
                        + "in a queue.",
                "The slabs of early boot are none any more: their caches have lost them, "
                        + "and their objects cannot be freed.",
                "Skip the pages that were taken. SLUB marks the first page of a slab alone, "
                        + "so a page counts as taken when the head of its block has a reference.");
    }
}
