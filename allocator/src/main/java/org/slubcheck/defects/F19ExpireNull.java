package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F19: expiry of the alien queue of the own node. Replaces {@link SlubqNumaSteps#SKIP_QUEUE}. */
public final class F19ExpireNull extends Defect<SlubqNumaSteps.SkipQueue> {
    /** Ready to be installed. */
    public F19ExpireNull() {
        super(
                "F19",
                "expiry of the own alien queue",
                Technique.PROPERTY,
                SlubqNumaSteps.SKIP_QUEUE,
                "^BUG: unable to handle kernel NULL pointer dereference at 0+\\nIP: expire_cache");
    }

    @Override
    protected SlubqNumaSteps.SkipQueue code() {
        return queue -> false;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 22/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A node has no alien queue for its own objects.",
                "kmem_cache_expire walks the alien queues of all nodes. For the "
                        + "home node of the CPUs there is none, and expire_cache locks "
                        + "the queue at NULL.",
                "An oops in expire_cache on every machine with two nodes.",
                "Skip what is NULL, as the version of October 2010 does.");
    }
}
