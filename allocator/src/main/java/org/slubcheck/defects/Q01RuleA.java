package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q01: ->cpu used across an irq-enable window. Replaces {@link SlubqSteps#RELOAD}. */
public final class Q01RuleA extends Defect<SlubqSteps.Reload> {
    /** Ready to be installed. */
    public Q01RuleA() {
        super(
                "Q01",
                "->cpu used across an irq-enable window",
                Technique.MODEL,
                SlubqSteps.RELOAD,
                "^BUG: KASAN: percpu-use-after-free in victim cpu#\\d \\(old area\\) q\\.|^pcpu_chunk 0x[0-9a-f]+ offset \\d+ was written to while free|^victim object 0x[0-9a-f]+ is accounted 0 times");
    }

    @Override
    protected SlubqSteps.Reload code() {
        return (k, t, s, before) -> before;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, rule A, C. Lameter, 3 August 2010: the mail states "
                        + "the rule and its code keeps it; the wrong code is ours",
                Evidence.of(Evidence.SAID),
                "Rule A: this CPU's area may be used only while irqs are off, "
                        + "because a resize replaces it.",
                "CPU 0 finds its queue empty, loads its area, and turns irqs on "
                        + "to allocate a slab. CPU 1 resizes the queue: it publishes new "
                        + "areas, flushes the old ones by IPI, and frees them. CPU 0 turns "
                        + "irqs off again and puts the objects of its new slab into the "
                        + "area that it still remembers.",
                "Objects are pushed into a freed per-CPU area and are lost.",
                "Load the pointer again after local_irq_disable.");
    }
}
