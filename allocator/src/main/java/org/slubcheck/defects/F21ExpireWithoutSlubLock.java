package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F21: expiry by hand walks all areas without slub_lock. Replaces {@link SlubqNumaSteps#EXPIRE_BY_HAND}. */
public final class F21ExpireWithoutSlubLock extends Defect<SlubqNumaSteps.ExpireLock> {
    /** Ready to be installed. */
    public F21ExpireWithoutSlubLock() {
        super(
                "F21",
                "expiry without slub_lock",
                Technique.MODEL,
                SlubqNumaSteps.EXPIRE_BY_HAND,
                "^BUG: KASAN: slab-use-after-free in victim shared\\(node 0, group 0\\) ");
    }

    @Override
    protected SlubqNumaSteps.ExpireLock code() {
        return (k, t, walk) -> walk.getAsLong();
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 22/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Rule B of S+Q3 15/23: who looks at all per-CPU areas, and at what they lead to, "
                        + "holds slub_lock.",
                "Somebody writes to the expire file of a cache. Page reclaim takes slub_lock "
                        + "around the same walk; this path does not. The walk has the address of a "
                        + "shared queue when another CPU removes the shared queues: all CPUs "
                        + "forget them, and the blocks are freed.",
                "The walk reads the count of a freed queue, takes its lock, and drains what it "
                        + "finds there.",
                "Take slub_lock for read around the walk.");
    }
}
