package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** F02: refill by a negative count. Replaces {@link SlubqSteps#REFILL_COUNT}. */
public final class F02NegativeRefill extends Defect<SlubqSteps.RefillCount> {
    /** Ready to be installed. */
    public F02NegativeRefill() {
        super(
                "F02",
                "refill by a negative count",
                Technique.PROPERTY,
                SlubqSteps.REFILL_COUNT,
                "is accounted 0 times: it is lost");
    }

    @Override
    protected SlubqSteps.RefillCount code() {
        return (batch, queued, available) -> Math.min(batch - queued, available);
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23 and 15/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A refill never makes a queue shorter.",
                "The task migrates while irqs are on for new_slab. The queue of "
                        + "its new CPU may hold more than a batch. min(batch - objects, "
                        + "available) is then negative, and adding it to objects drops "
                        + "pointers to free objects from the top of the queue.",
                "Objects are in no queue, in no slab's map, and in nobody's hand.",
                "Refill by at least zero.");
    }
}
