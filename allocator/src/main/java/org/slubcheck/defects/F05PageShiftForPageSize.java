package org.slubcheck.defects;

import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F05: PAGE_SHIFT where PAGE_SIZE is meant. Replaces {@link SlubqNumaSteps.AREA_SIZE}. */
public final class F05PageShiftForPageSize extends Defect<SlubqNumaSteps.AreaSize> {
    /** Ready to be installed. */
    public F05PageShiftForPageSize() {
        super(
                "F05",
                "PAGE_SHIFT for PAGE_SIZE",
                Technique.PROPERTY,
                SlubqNumaSteps.AREA_SIZE,
                "^victim: the shared queue of cpu#\\d has room for \\d+ objects, which is more than its memory");
    }

    @Override
    protected SlubqNumaSteps.AreaSize code() {
        return (k, needed) -> {
            int half = k.machine().geometry().pageSize() / 2;
            if (needed <= Math.min(half, k.machine().geometry().kmallocMax())) {
                return KmemCache.objsize(k.memory(), k.slab().kmallocCache(needed, Gfp.KERNEL));
            }
            return (long) k.machine().geometry().pageShift() << SharedCache.order(k, needed);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 20/23 and 21/23, C. Lameter, 3 August 2010; corrected in October 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A block is as large as what is put into it.",
                "The block of a shared queue and its alien queues is asked of kmalloc "
                        + "with the size of a kmalloc cache up to half a page, beyond that with "
                        + "PAGE_SHIFT << order where PAGE_SIZE << order is meant. With 4 KiB "
                        + "pages two nodes need 2000 bytes, which is right; four nodes need 4048, "
                        + "and get the 12 bytes of kmalloc-16.",
                "Queues are laid out over neighbouring objects: redzones of kmalloc-16 "
                        + "overwritten, on 4 nodes and never on 2.",
                "Ask for PAGE_SIZE << order bytes.");
    }
}
