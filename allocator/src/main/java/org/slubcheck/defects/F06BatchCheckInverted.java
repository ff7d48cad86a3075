package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.slubq.Tunables;
import org.slubcheck.verdict.Technique;

/** F06: batch range check inverted. Replaces {@link SlubqSteps#BATCH_CHECK}. */
public final class F06BatchCheckInverted extends Defect<SlubqSteps.BatchCheck> {
    /** Ready to be installed. */
    public F06BatchCheckInverted() {
        super(
                "F06",
                "batch range check inverted",
                Technique.PROPERTY,
                SlubqSteps.BATCH_CHECK,
                "^batch_size takes '\\d+' with|^own(: batch \\d+ is larger than| cpu#\\d+: batch \\d+ is more than)");
    }

    @Override
    protected SlubqSteps.BatchCheck code() {
        return (batch, queue) -> batch < queue || batch < Tunables.MIN_QUEUE;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "4 <= batch <= queue.",
                "The store function of the tunable refuses batches that are "
                        + "smaller than the queue and takes the larger ones. A refill then "
                        + "runs behind the end of the queue.",
                "A batch larger than the queue is accepted, or a legal one refused.",
                "Refuse batch > queue.");
    }
}
