package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** F08: resize does not check its allocation. Replaces {@link SlubqSteps#NEW_AREA}. */
public final class F08ResizeOom extends Defect<SlubqSteps.NewArea> {
    /** Ready to be installed. */
    public F08ResizeOom() {
        super(
                "F08",
                "resize does not check its allocation",
                Technique.FAULT,
                SlubqSteps.NEW_AREA,
                "^own: the per-CPU pointer is NULL");
    }

    @Override
    protected SlubqSteps.NewArea code() {
        return area -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "A resize that cannot allocate changes nothing.",
                "alloc_percpu fails, and the NULL becomes s->cpu. The next "
                        + "allocation takes its queue from address zero and something.",
                "An oops in the next allocation, or a cache whose per-CPU pointer is NULL.",
                "Return -ENOMEM and keep the old areas.");
    }
}
