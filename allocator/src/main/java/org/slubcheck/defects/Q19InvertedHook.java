package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q19: inverted pre-allocation hook. Replaces {@link SlubqSteps#PRE_ALLOC}. */
public final class Q19InvertedHook extends Defect<SlubqSteps.PreAlloc> {
    /** Ready to be installed. */
    public Q19InvertedHook() {
        super(
                "Q19",
                "inverted pre-allocation hook",
                Technique.PROPERTY,
                SlubqSteps.PRE_ALLOC,
                "fails although \\d+ pages are free");
    }

    @Override
    protected SlubqSteps.PreAlloc code() {
        return injected -> !injected;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 12/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "The hook says true when the allocation must fail.",
                "The hook's result is failslab's: true for an injected failure. "
                        + "The caller takes false for failure and returns NULL.",
                "With fault injection off every allocation fails.",
                "Fail when the hook says so.");
    }
}
