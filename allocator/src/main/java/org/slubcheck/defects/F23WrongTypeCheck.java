package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F23: the reserve of early boot is held against a struct without its queue. Replaces {@link SlubqNumaSteps#EARLY_SIZE}. */
public final class F23WrongTypeCheck extends Defect<SlubqNumaSteps.EarlySize> {
    /** Ready to be installed. */
    public F23WrongTypeCheck() {
        super(
                "F23",
                "reserve held against a bare struct",
                Technique.BOOT,
                SlubqNumaSteps.EARLY_SIZE,
                "^the boot dies for want of early per-CPU memory, and PERCPU_DYNAMIC_EARLY_SIZE was not");
    }

    @Override
    protected SlubqNumaSteps.EarlySize code() {
        return (layout, queue, cacheLine) -> layout.layout().size();
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "The reserve of early boot holds the areas of all boot caches.",
                "A check when the kernel is built compares "
                        + "PERCPU_DYNAMIC_EARLY_SIZE with the size of struct "
                        + "kmem_cache_cpu times the number of caches. Since the queue is "
                        + "sized at run time the struct ends where its objects begin, and "
                        + "the check passes whatever the queues need.",
                "A kernel that is built without a complaint and dies when it "
                        + "makes its kmalloc caches.",
                "Count what an area really takes, queue and all.");
    }
}
