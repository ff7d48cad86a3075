package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q02: all-CPU walk without slub_lock. Replaces {@link SlubqSteps#CPU_WALK}. */
public final class Q02RuleB extends Defect<SlubqSteps.CpuWalk> {
    /** Ready to be installed. */
    public Q02RuleB() {
        super(
                "Q02",
                "all-CPU walk without slub_lock",
                Technique.MODEL,
                SlubqSteps.CPU_WALK,
                "^BUG: KASAN: percpu-use-after-free in victim cpu#\\d \\(old area\\) q\\.");
    }

    @Override
    protected SlubqSteps.CpuWalk code() {
        return (k, t, walk) -> walk.get();
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, rule B, C. Lameter, 3 August 2010: the mail states "
                        + "the rule and takes the lock in show_stat and its like; the "
                        + "wrong code is that of before",
                Evidence.of(Evidence.SAID),
                "Rule B: who looks at all per-CPU areas holds slub_lock, so that "
                        + "no resize runs meanwhile.",
                "A reader of the per_cpu_caches file loads the pointer and walks the "
                        + "areas. On the other CPU a resize publishes new areas and frees "
                        + "the old ones under the reader.",
                "The walk reads a per-CPU area that was freed, without an order "
                        + "against the writer.",
                "Take slub_lock for read around the walk.");
    }
}
