package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.slubq.StatItem;
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
        return (k, t, s, window) -> {
            long area = k.thisArea(t, s);
            long page = window.getAsLong();
            if (page != 0) {
                Statistics.increment(k, area, StatItem.ALLOC_SLAB);
            }
            return page;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, rule C, C. Lameter, 3 August 2010: the mail states the rule, and "
                        + "allows in the comment of stat() to count while irqs are on, which "
                        + "allocate_slab does; that the pointer is kept over all of the window is "
                        + "ours",
                Evidence.of(Evidence.SAID, Evidence.FULL_MAIL),
                "Rule C: a statistics counter may lose an increment, but the area that it is in "
                        + "must be valid.",
                "The increment is meant to be cheap and racy, and so it takes neither slub_lock "
                        + "nor turns irqs off. But then nothing holds up a resize between the load "
                        + "of s->cpu and the increment. Here the pointer is loaded before irqs come "
                        + "on for a new slab, and the slab is counted through it afterwards, when a "
                        + "resize may have flushed and freed the area.",
                "A word of a freed per-CPU area changes.",
                "Load s->cpu and count while irqs are off or slub_lock is held.");
    }
}
