package org.slubcheck.defects;

import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F13: alien queues reconfigured before they are quiet. Replaces {@link SlubqNumaSteps#RECONFIGURE}. */
public final class F13ShiftBeforeRemoval extends Defect<SlubqNumaSteps.Reconfigure> {
    /** Ready to be installed. */
    public F13ShiftBeforeRemoval() {
        super(
                "F13",
                "reconfigured before it is quiet",
                Technique.MODEL,
                SlubqNumaSteps.RECONFIGURE,
                "^BUG: unable to handle kernel paging request at [0-9a-f]{16}\\nIP: write of size 8 by CPU#0",
                "^BUG: KCSAN: data-race in victim alien_shift");
    }

    @Override
    protected SlubqNumaSteps.Reconfigure code() {
        return (k, t, s, shift) -> {
            int before = AlienCache.shift(k, s);
            AlienCache.setShift(k, s, shift);
            SharedCache.remove(k, t, s, before);
            SharedCache.alloc(k, t, s);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 21/23, C. Lameter, 3 August 2010; corrected in October 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "What addresses are computed from changes only while nobody computes any.",
                "alien_queue_size_store stores the new alien_shift and then has every CPU forget "
                        + "its shared queue. A CPU that frees an object of another node in between "
                        + "subtracts with the new shift from the old pointer. (In the mail the "
                        + "store comes even before slub_lock, and the removal computes the block's "
                        + "address with the new shift as well.)",
                "The free takes a lock and stores an object where no queue is, in whatever memory "
                        + "stands below the block.",
                "Remove the queues, change the shift, and make new queues.");
    }
}
