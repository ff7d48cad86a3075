package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F23: the reserve of early boot is held against another struct. Replaces {@link SlubqNumaSteps#EARLY_SIZE}. */
public final class F23WrongTypeCheck extends Defect<SlubqNumaSteps.EarlySize> {
    /** Ready to be installed. */
    public F23WrongTypeCheck() {
        super(
                "F23",
                "reserve held against the wrong struct",
                Technique.BOOT,
                SlubqNumaSteps.EARLY_SIZE,
                "^the boot dies for want of early per-CPU memory, and PERCPU_DYNAMIC_EARLY_SIZE was not");
    }

    @Override
    protected SlubqNumaSteps.EarlySize code() {
        return (layout, queue, cacheLine) -> KmemCache.LAYOUT.size();
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 9/23, C. Lameter, 3 August 2010; mainline names the right struct since",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "The reserve of early boot holds the areas of all boot caches.",
                "A check when the kernel is built compares PERCPU_DYNAMIC_EARLY_SIZE with the size "
                        + "of struct kmem_cache times the number of caches. What is "
                        + "allocated for each is a struct kmem_cache_cpu. That had three words "
                        + "when the check was written; since S+Q3 14/23 it has a queue, and "
                        + "since 15/23 one of any size, and the check still counts the "
                        + "other struct. (Without its node pointers here.)",
                "A kernel that is built without a complaint and dies when it "
                        + "makes its kmalloc caches.",
                "Count what an area really takes, queue and all.");
    }
}
