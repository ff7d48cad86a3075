package org.slubcheck.defects;

import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q17: GFP_KERNEL while irqs are off. Replaces {@link SlabSteps#BOOT_GFP_MASK}. */
public final class Q17GfpWithIrqsOff extends Defect<SlabSteps.BootGfpMask> {
    /** Ready to be installed. */
    public Q17GfpWithIrqsOff() {
        super(
                "Q17",
                "GFP_KERNEL while irqs are off",
                Technique.BOOT,
                SlabSteps.BOOT_GFP_MASK,
                "^BUG: sleeping function called from invalid context at mm/\\w+\\.c \\w+[\\n;] ?in_atomic\\(\\): 0, irqs_disabled\\(\\): 1, CPU#0$");
    }

    @Override
    protected SlabSteps.BootGfpMask code() {
        return () -> Gfp.ALL;
    }

    @Override
    public Story story() {
        return new Story(
                "replies to the boot report on the S+Q3 series, C. Lameter and "
                        + "D. Rientjes, 17 August 2010, about patch 8",
                Evidence.of(Evidence.SAID, Evidence.INFERRED),
                "While irqs are off in early boot no allocation may sleep: flags "
                        + "are NOWAIT or masked by gfp_allowed_mask.",
                "kmem_cache_init runs with irqs off, and what it calls allocates "
                        + "with GFP_KERNEL, relying on gfp_allowed_mask. If the mask lets "
                        + "everything through from the beginning, the allocator takes the "
                        + "caller at its word. What was reported is kasprintf(GFP_KERNEL) "
                        + "in the loop over the DMA caches, once that moved into "
                        + "kmem_cache_init. Where the hooks mask by gfp_allowed_mask (S+Q3 "
                        + "13/23), as in this port, that call alone is harmless; so the "
                        + "mask is what is replaced, which is our inference.",
                "BUG: sleeping function called from invalid context, during kmem_cache_init.",
                "Keep the boot mask until irqs are on.");
    }
}
