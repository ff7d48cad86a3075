package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F16: the queue slides by memcpy. Replaces {@link SlubqNumaSteps#SLIDE}. */
public final class F16OverlappingCopy extends Defect<SlubqNumaSteps.Slide> {
    private static final String LOST = " object 0x[0-9a-f]+ is accounted 0 times: it is lost$";

    /** One copy is in use again already, the other is where the copying left it. */
    private static final String DOUBLED =
            " object 0x[0-9a-f]+ is accounted \\d+ times: [^\\n]+ and the queue of cpu#\\d+$";

    /** Ready to be installed. */
    public F16OverlappingCopy() {
        super(
                "F16",
                "queue slides by memcpy",
                Technique.PROPERTY,
                SlubqNumaSteps.SLIDE,
                "^c\\d object 0x[0-9a-f]+ is accounted \\d+ times: (the queue of cpu#\\d+)( and \\1)+(?!\\d)"
                        + "|^c\\d: 0x[0-9a-f]+ is in (the alien queue for node \\d+ of cpu#\\d+) and in"
                        + " \\3(?!\\d)"
                        + "|^(kmalloc-\\d+)"
                        + LOST
                        + ".*^\\4"
                        + DOUBLED
                        + "|^(kmalloc-\\d+)"
                        + DOUBLED
                        + ".*^\\5"
                        + LOST);
    }

    @Override
    protected SlubqNumaSteps.Slide code() {
        return F16OverlappingCopy::slide;
    }

    /** The order of a memcpy that starts at the top, as some processors' do. */
    private static void slide(Memory m, long q, int dropped) {
        int left = KmemCacheQueue.objects(m, q) - dropped;
        for (int i = left - 1; i >= 0; i--) {
            m.write(KmemCacheQueue.slot(q, i), m.read(KmemCacheQueue.slot(q, i + dropped)));
        }
        KmemCacheQueue.setObjects(m, q, left);
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23, C. Lameter, 3 August 2010, where half of a full queue is drained, "
                        + "so that nothing overlaps; 15/23 makes the batch tunable, and 20/23 "
                        + "copies so once more",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL),
                "memcpy is for ranges that do not overlap.",
                "What is left of a queue after its coldest objects are drained "
                        + "moves down by memcpy. When less than half is drained, source "
                        + "and target overlap, and a memcpy that copies from the top down "
                        + "reads words that it has written already.",
                "Some objects are in the queue twice or more often, and others in none.",
                "memmove.");
    }
}
