package org.slubcheck.defects;

import org.slubcheck.slubq.LookSteps;
import org.slubcheck.verdict.Technique;

/** U11: validation reports what is in order. Replaces {@link LookSteps#DEBUG_LOCK}. */
public final class U11ValidateFalsePositive extends Defect<LookSteps.DebugLock> {
    /** Ready to be installed. */
    public U11ValidateFalsePositive() {
        super(
                "U11",
                "validation sees half a change",
                Technique.MODEL,
                LookSteps.DEBUG_LOCK,
                "^BUG: KCSAN: data-race in victim object \\d of page#\\d+ \\+32$"
                        + "|^BUG victim: Redzone overwritten"
                        + "|^validate: \\d+ errors in a cache that is sound$");
    }

    @Override
    protected LookSteps.DebugLock code() {
        return (k, t, page, change) -> change.getAsBoolean();
    }

    @Override
    public Story story() {
        return new Story(
                "W. Long, 26 April 2012, \"slub: prevent validate_slab() error due to race "
                        + "condition\"; fixed by C. Lameter, 30 May 2012, 19c7ff9ecd89 \"slub: Take "
                        + "node lock during object free checks\". S+Q3 14/23 has it too",
                Evidence.of(Evidence.UPSTREAM, Evidence.FULL_MAIL),
                "The debug bytes of an object change under a lock that validation holds.",
                "An object is freed on CPU 1, and the debug code turns its red zone from \"with a "
                        + "caller\" to \"queued\", without a lock. validate_slab on CPU 0 has the "
                        + "slab locked and reads the same bytes: it takes the object for one that "
                        + "a caller has, by the first byte, and finds the others wrong.",
                "A report of an overwritten red zone in a cache that is sound; and the repair "
                        + "that goes with it writes the old bytes over the new.",
                "Take the slab's lock for the change. (Mainline took the node's list_lock, which "
                        + "its validation holds.)");
    }
}
