package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.mm.Zone;
import org.slubcheck.verdict.Technique;

/** E05: early_alloc_pages takes no flags. Replaces {@link EarlySteps#LIMIT}. */
public final class E05EarlyDma extends Defect<EarlySteps.Limit> {
    /** Ready to be installed. */
    public E05EarlyDma() {
        super(
                "E05",
                "early GFP_DMA is a wish",
                Technique.PROPERTY,
                EarlySteps.LIMIT,
                "^early kmalloc\\(\\d+, GFP_DMA\\) is in zone Normal of node \\d+$");
    }

    @Override
    protected EarlySteps.Limit code() {
        return asked -> Zone.NORMAL;
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005: early_alloc_pages "
                        + "is not given the gfp flags, and MAX_DMA_ADDRESS is a goal to alloc_bootmem",
                Evidence.of(Evidence.CODE),
                "GFP_DMA memory can be reached by the device.",
                "Early pages are asked for by order and node alone. alloc_bootmem looks "
                        + "from MAX_DMA_ADDRESS upwards first, so what asks for DMA memory gets it "
                        + "only when there is no other left.",
                "A driver is given a buffer that its device cannot address.",
                "Let the zone that the flags name be the highest that is looked at.");
    }
}
