package org.slubcheck.defects;

import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F15: a CPU that is offline keeps the address of a queue that is removed. Replaces {@link SlubqNumaSteps#FORGET}. */
public final class F15OfflineCpuDangles extends Defect<SlubqNumaSteps.Forget> {
    /** Ready to be installed. */
    public F15OfflineCpuDangles() {
        super(
                "F15",
                "an offline CPU keeps its shared queue",
                Technique.MODEL,
                SlubqNumaSteps.FORGET,
                "^BUG: KASAN: slab-use-after-free in victim shared\\(node 0, group 0\\) ");
    }

    @Override
    protected SlubqNumaSteps.Forget code() {
        return SharedCache::forgetOnline;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 20/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Per-CPU areas of 2010 outlive their CPU: what frees something that they point to "
                        + "asks every possible CPU, not every CPU that answers an interrupt.",
                "A CPU goes down; its queue is flushed and its pointer to the shared queue stays. "
                        + "The shared queues are removed: each CPU that is online clears its "
                        + "pointer in an interrupt, then the block is freed. The CPU comes up "
                        + "again, finds its own queue empty, and turns to the shared one.",
                "A use after free of the shared queue by the CPU that has come back.",
                "Clear the pointers of offline CPUs too, in a way that none of them comes up "
                        + "meanwhile.");
    }
}
