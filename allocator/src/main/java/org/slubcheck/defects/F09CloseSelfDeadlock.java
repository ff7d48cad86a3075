package org.slubcheck.defects;

import org.slubcheck.slab.CloseSteps;
import org.slubcheck.verdict.Technique;

/** F09: close takes slub_lock again. Replaces {@link CloseSteps#LOCK}. */
public final class F09CloseSelfDeadlock extends Defect<CloseSteps.Lock> {
    /** Ready to be installed. */
    public F09CloseSelfDeadlock() {
        super(
                "F09",
                "close takes slub_lock again",
                Technique.LOCKDEP,
                CloseSteps.LOCK,
                "^WARNING: possible recursive locking detected\\n[^\\n]* is trying to acquire lock:\\n slub_lock");
    }

    @Override
    protected CloseSteps.Lock code() {
        return (k, t, body) -> {
            k.downRead(t, "kmem_cache_close");
            boolean empty = body.getAsBoolean();
            if (empty) {
                k.upRead(t);
            }
            return empty;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Nobody waits for a semaphore that he holds.",
                "kmem_cache_close walks the areas of all CPUs, so it takes "
                        + "slub_lock for read, as rule B asks. Its caller "
                        + "kmem_cache_destroy has held the lock for write since patch 10. "
                        + "The exit for a cache that is busy would also keep the reader "
                        + "lock, had anybody come so far.",
                "lockdep: possible recursive locking; and the first destroy "
                        + "waits for itself for ever.",
                "Take no lock in kmem_cache_close: destroy holds it.");
    }
}
