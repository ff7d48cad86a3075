package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F18: a drain keeps a bad offset. Replaces {@link SlubqNumaSteps#OFFSET}. */
public final class F18MisalignedLoop extends Defect<SlubqNumaSteps.Offset> {
    /** Ready to be installed. */
    public F18MisalignedLoop() {
        super(
                "F18",
                "drain keeps a bad offset",
                Technique.PROPERTY,
                SlubqNumaSteps.OFFSET,
                "^one misaligned free is reported \\d+ times");
    }

    @Override
    protected SlubqNumaSteps.Offset code() {
        return (before, aligned, object, start) -> aligned ? object - start : before;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23, C. Lameter, 3 August 2010, whose code of drain_objects it is",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL),
                "Each object of a run has its own offset in the slab.",
                "The loop over the objects of a slab reports a pointer that is "
                        + "no multiple of the object size and goes on, but the way round "
                        + "does not compute the offset of the next. Every further object "
                        + "of the run is held to be misaligned too.",
                "One bad free, many reports; the objects behind the bad one leak.",
                "Compute the offset at the head of the loop.");
    }
}
