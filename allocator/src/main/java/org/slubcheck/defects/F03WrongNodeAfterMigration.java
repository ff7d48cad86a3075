package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F03: a slab of another node fills the queue. Replaces {@link SlubqNumaSteps#NODE_FITS}. */
public final class F03WrongNodeAfterMigration extends Defect<SlubqNumaSteps.NodeFits> {
    /** Ready to be installed. */
    public F03WrongNodeAfterMigration() {
        super(
                "F03",
                "wrong node after migration",
                Technique.PROPERTY,
                SlubqNumaSteps.NODE_FITS,
                "^\\S+ cpu#\\d: the queue of node \\d holds 0x[0-9a-f]+ of node \\d");
    }

    @Override
    protected SlubqNumaSteps.NodeFits code() {
        return (k, c, page) -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23 and 19/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Every object of a CPU's queue is from that CPU's node.",
                "A task on a CPU of node 0 turns irqs on to make a slab of its node, "
                        + "and is moved to a CPU of node 1. Its slab of node 0 fills the queue of "
                        + "the CPU of node 1.",
                "From there on the CPU hands out objects of the wrong node as its own; "
                        + "freed, they go through alien queues or stay where they do not belong.",
                "Compare the slab's node with that of the queue behind the window; a "
                        + "slab that does not fit goes to the partial list.");
    }
}
