package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** B06: the temporary block is freed too early. Replaces {@link BootSteps#FREE_BLOCK}. */
public final class B06FreeBeforeFixup extends Defect<BootSteps.FreeBlock> {
    /** Ready to be installed. A splice reads words, a copy the whole struct. */
    public B06FreeBeforeFixup() {
        super(
                "B06",
                "free before fix-up",
                Technique.BOOT,
                BootSteps.FREE_BLOCK,
                "^BUG: KASAN: use-after-free in [^\\n]*\\nRead of size (8|\\d{3,}) ");
    }

    @Override
    protected BootSteps.FreeBlock code() {
        return (k, t, moment, free) -> {
            if (moment == BootSteps.FreeBlock.Moment.MOVED) {
                free.run();
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010: its order is right; the wrong code is ours",
                Evidence.of(Evidence.CODE),
                "Two structs share a block: it is free when both have moved out of it, and "
                        + "all that names it has been mended.",
                "kmem_cache has its new home, and its temporary struct is given back with "
                        + "its block. kmem_cache_node is still in there, or, without NUMA, "
                        + "the heads of the lists that are to be spliced.",
                "The second copy, or the splice, reads memory that was freed.",
                "Free the block once, behind both fix-ups.");
    }
}
