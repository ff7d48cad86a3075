package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** Q12: the DMA caches are made after their first user. Replaces {@link BootSteps#DMA_MOMENT}. */
public final class Q12DmaBeforeLate extends Defect<BootSteps.DmaMoment> {
    /** Ready to be installed. */
    public Q12DmaBeforeLate() {
        super(
                "Q12",
                "DMA caches made too late",
                Technique.BOOT,
                BootSteps.DMA_MOMENT,
                "^kmalloc\\(\\d+, GFP_DMA\\) returns NULL between kmem_cache_init and kmem_cache_init_late$");
    }

    @Override
    protected BootSteps.DmaMoment code() {
        return (k, moment) -> moment == BootSteps.DmaMoment.Moment.LATE;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 8/23, C. Lameter, 3 August 2010, whose code it is; suspected by D. "
                        + "Rientjes, 5 August 2010, and moved the same day by C. Lameter, who says "
                        + "on 17 August 2010 that drivers may do it",
                Evidence.of(Evidence.SAID, Evidence.CODE),
                "From state UP on kmalloc serves whatever it serves later.",
                "The DMA caches are made in kmem_cache_init_late, when irqs are on. A driver that "
                        + "asks for a DMA buffer between kmem_cache_init and then finds an empty "
                        + "slot in the array.",
                "get_slab has no cache, and kmalloc with GFP_DMA returns NULL while all memory is "
                        + "free.",
                "Make them at the end of kmem_cache_init, with GFP_NOWAIT.");
    }
}
