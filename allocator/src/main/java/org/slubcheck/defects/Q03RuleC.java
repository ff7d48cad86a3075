package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.slubq.Statistics;
import org.slubcheck.verdict.Technique;

/** Q03: statistics through a stale ->cpu. Replaces {@link SlubqSteps#STAT}. */
public final class Q03RuleC extends Defect<SlubqSteps.Stat> {
    /** Ready to be installed. */
    public Q03RuleC() {
        super(
                "Q03",
                "statistics through a stale ->cpu",
                Technique.STRESS,
                SlubqSteps.STAT,
                "^BUG: KASAN: percpu-use-after-free in victim cpu#\\d \\(old area\\) stat\\b|^pcpu_chunk 0x[0-9a-f]+ offset \\d+ was written to while free");
    }

    @Override
    protected SlubqSteps.Stat code() {
        return (k, t, s, area, item) ->
                Statistics.increment(k, area == 0 ? k.thisArea(t, s) : area, item);
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, rule C, C. Lameter, 3 August 2010: the mail states "
                        + "the rule; the wrong code is ours",
                Evidence.of(Evidence.SAID),
                "Rule C: a statistics counter may lose an increment, but the "
                        + "area that it is in must be valid.",
                "The increment is meant to be cheap and racy. Done through a "
                        + "pointer that was loaded before irqs came back on, it may hit an "
                        + "area that a resize has flushed and freed meanwhile.",
                "A word of a freed per-CPU area changes.",
                "Count while irqs are off or slub_lock is held, on the area that "
                        + "is current then.");
    }
}
