package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q07: slub_lock kept on error exits. Replaces {@link SlabSteps#CREATE_ERROR_EXIT}. */
public final class Q07LockLeakOnError extends Defect<SlabSteps.ErrorExit> {
    /** Ready to be installed. */
    public Q07LockLeakOnError() {
        super(
                "Q07",
                "slub_lock kept on error exits",
                Technique.FAULT,
                SlabSteps.CREATE_ERROR_EXIT,
                "^slub_lock is held");
    }

    @Override
    protected SlabSteps.ErrorExit code() {
        return (k, t) -> {};
    }

    @Override
    public Story story() {
        return new Story(
                "the change of S+Q3 10/23 as merged; fixed in 2.6.37-rc2",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "Every way out of a critical section gives the lock back.",
                "With kmem_cache_create under one critical section the success "
                        + "paths unlock, but two error exits jump to the end without: the "
                        + "failed alias and the failed new cache.",
                "After a failed kmem_cache_create slub_lock is held by nobody "
                        + "alive; the next one hangs.",
                "Unlock on the error exits too.");
    }
}
