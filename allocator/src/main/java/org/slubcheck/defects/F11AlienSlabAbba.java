package org.slubcheck.defects;

import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.Remote;
import org.slubcheck.slubq.SlubqNumaSteps;

/** F11: alien lock under slab_lock. Replaces {@link SlubqNumaSteps.REMOTE_TAKE}. */
public final class F11AlienSlabAbba extends LockOrderDefect<SlubqNumaSteps.RemoteTake> {
    /** Ready to be installed. */
    public F11AlienSlabAbba() {
        super(
                "F11",
                "alien lock under slab_lock",
                SlubqNumaSteps.REMOTE_TAKE,
                "^WARNING: possible circular locking dependency detected\n.*alien_lock at .*slab_lock at ",
                "^deadlock: CPU#0 waits for victim alien\\(0->1\\) lock, CPU#2 waits for page#\\d+ flags");
    }

    @Override
    protected SlubqNumaSteps.RemoteTake code() {
        return (k, t, s, a, node) -> {
            long object = 0;
            if (a != 0) {
                AlienCache.lock(k, t, a);
                object = Remote.pop(k, a);
                AlienCache.unlock(k, t, a);
            }
            long page = object != 0 ? 0 : Remote.partial(k, t, s, node);
            if (page == 0) {
                return object;
            }
            if (a != 0) {
                AlienCache.lock(k, t, a);
            }
            object = Remote.split(k, t, s, page, a);
            if (a != 0) {
                AlienCache.unlock(k, t, a);
            }
            return object;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 21/23, C. Lameter, 3 August 2010; corrected in October 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "The order that the patch itself writes down: alien lock, slab_lock, "
                        + "list_lock.",
                "An allocation from another node finds the alien queue empty, locks a "
                        + "partial slab of that node, and takes the alien queue's lock under it "
                        + "to fill the queue. A free on another CPU of the same cache group finds "
                        + "the alien queue full, holds its lock, and drains it into the same "
                        + "slab.",
                "Both CPUs spin with irqs off for ever; lockdep tells from one run in "
                        + "which either went alone.",
                "Take the alien queue's lock first and the slab's under it.");
    }
}
