package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F12: an alien queue's address kept across an irq-enable window. Replaces {@link SlubqNumaSteps#ALIEN_RELOAD}. */
public final class F12StaleAlienPointer extends Defect<SlubqNumaSteps.AlienReload> {
    /** Ready to be installed. */
    public F12StaleAlienPointer() {
        super(
                "F12",
                "stale alien pointer",
                Technique.MODEL,
                SlubqNumaSteps.ALIEN_RELOAD,
                "^BUG: KASAN: slab-use-after-free in victim alien\\(0->1\\) ");
    }

    @Override
    protected SlubqNumaSteps.AlienReload code() {
        return (k, s, before, c, node) -> before;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 21/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Rule A of S+Q3 15/23 holds for all that an area leads to: behind an irq-enable "
                        + "window nothing of it is known.",
                "A CPU allocates from another node, finds the alien queue for it empty, and turns "
                        + "irqs on to make a slab. Another CPU removes the shared queues: its "
                        + "interrupt clears the pointer, then the block is freed, alien queues and "
                        + "all. The first CPU turns irqs off again, takes the lock of the queue "
                        + "that it remembers, and fills it with objects of the new slab.",
                "A use after free of the alien queue; its objects are lost.",
                "Compute the queue's address anew behind the window.");
    }
}
