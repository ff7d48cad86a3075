package org.slubcheck.defects;

import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F04: a shared queue is looked at without its lock and believed. Replaces {@link SlubqNumaSteps#SHARED_TAKE}. */
public final class F04SharedQueueToctou extends Defect<SlubqNumaSteps.SharedTake> {
    /** Ready to be installed. */
    public F04SharedQueueToctou() {
        super(
                "F04",
                "shared queue emptied after the look",
                Technique.MODEL,
                SlubqNumaSteps.SHARED_TAKE,
                "^victim cpu#\\d: the queue holds more objects \\(-1\\) than it has room for");
    }

    @Override
    protected SlubqNumaSteps.SharedTake code() {
        return (k, t, s, c) -> {
            long l = SharedCache.of(k, c);
            if (l == 0 || SharedCache.looksEmpty(k, l)) {
                return false;
            }
            SharedCache.takeHottest(k, t, s, k.queueOf(c), l);
            return true;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 20/23, C. Lameter, 3 August 2010; corrected in October 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "What was seen without the lock is a hint: who has the lock looks again.",
                "Two CPUs have empty queues and both see, without its lock, that the shared queue "
                        + "has objects. One takes the lock and moves all of them. The other takes "
                        + "the lock behind it, moves none, and pops from its own queue all the "
                        + "same, which is empty.",
                "A pop at index -1: the queue's count is -1 from there on, and the word below "
                        + "object[0], which is the shared queue's address, is handed out as an "
                        + "object.",
                "Go on to the slabs when the transfer gave nothing.");
    }
}
