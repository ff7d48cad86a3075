package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E01: early kmalloc ends at the second kmem_cache_init. Replaces {@link EarlySteps#END}. */
public final class E01EarlyHole extends Defect<EarlySteps.End> {
    /** Ready to be installed. */
    public E01EarlyHole() {
        super(
                "E01",
                "early allocation outlives boot memory",
                Technique.BOOT,
                EarlySteps.END,
                "^the pages behind mem_init do not add up: \\d+ are free and \\d+ in use, of \\d+$");
    }

    @Override
    protected EarlySteps.End code() {
        return () -> false;
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005; its description "
                        + "and a comment forbid calls between mem_init and the second kmem_cache_init",
                Evidence.of(Evidence.SAID),
                "A page has one owner.",
                "The mode ends when kmem_cache_init is called again. mem_init has given all "
                        + "free boot memory to the page allocator before that, the pages of the map "
                        + "included, and nobody tells the slab allocator. A slab that is made in "
                        + "between comes out of the dead map: its pages are on the lists of the page "
                        + "allocator, too. A slab that is given back in between goes to the map, and "
                        + "nobody finds it there.",
                "Two owners of a page, as soon as the page allocator hands it out.",
                "mem_init ends early allocation before it gives the first page away.");
    }
}
