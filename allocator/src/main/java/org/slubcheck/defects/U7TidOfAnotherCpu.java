package org.slubcheck.defects;

import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.verdict.Technique;

/** U7: moved between the area and its tid. Replaces {@link LocklessSteps#LOOK}. */
public final class U7TidOfAnotherCpu extends Defect<LocklessSteps.Look> {
    /** Ready to be installed. */
    public U7TidOfAnotherCpu() {
        super(
                "U7",
                "tid read on another CPU",
                Technique.MODEL,
                LocklessSteps.LOOK,
                "^\\S+ cpu#\\d+: the freelist leads to 0x[0-9a-f]+, which is none of its objects");
    }

    @Override
    protected LocklessSteps.Look code() {
        return (k, t, s) -> {
            long c = k.rawArea(t, s);
            k.preemption(t);
            return c;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"FIX [2/2] slub: tid must be retrieved from the percpu area of the current "
                        + "processor\", C. Lameter, 23 January 2013; seen by S. Rostedt",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A transaction id proves something if it was read while nobody was in the midst "
                        + "of changing its area: on the CPU whose area it is.",
                "A free finds the area of CPU 0 and is moved to CPU 1. CPU 0 takes another "
                        + "slab: it moves its tid, and then its page and freelist. The free reads "
                        + "the new tid, the old page, which is that of its object, and the "
                        + "new freelist; it is moved back to CPU 0, where tid and freelist are as "
                        + "they were seen.",
                "The object is on the freelist of a slab that it is not in.",
                "Turn preemption off from the area to its tid (or read the tid again by the "
                        + "area, as since 2015).");
    }
}
