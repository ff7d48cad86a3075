package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.ReleaseSteps;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.verdict.Technique;

/** U2d: destroy asks a struct that is no longer its own. Replaces {@link ReleaseSteps#RELEASE}. */
public final class U2dFlagsReadAgain extends Defect<ReleaseSteps.Release> {
    /** Ready to be installed. */
    public U2dFlagsReadAgain() {
        super(
                "U2d",
                "the struct is read again after the unlock",
                Technique.MODEL,
                ReleaseSteps.RELEASE,
                "^BUG: KASAN: slab-use-after-free in victim flags$");
    }

    @Override
    protected ReleaseSteps.Release code() {
        return (k, t, cache, moment) -> {
            long s = cache.s();
            boolean byRcu = (cache.flags() & SlabFlags.DESTROY_BY_RCU) != 0;
            if (!cache.empty()) {
                ReleaseSteps.RELEASE.mainline().at(k, t, cache, moment);
            } else if (moment == ReleaseSteps.Release.Moment.CLOSED) {
                k.sysfsRemove(t, s);
                if (byRcu) {
                    k.works().queue(s);
                }
            } else if ((KmemCache.flags(k.memory(), s) & SlabFlags.DESTROY_BY_RCU) == 0) {
                k.kfree(t, s);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm/slab_common: Deleting kobject in kmem_cache_destroy() without holding"
                        + " slab_mutex/cpu_hotplug_lock\", W. Long, August 2022 (0495e337b703); the"
                        + " report and fix: \"mm/slab_common: fix possible double free of"
                        + " kmem_cache\", F. Tang, September 2022 (d71608a87712)",
                Evidence.of(Evidence.UPSTREAM),
                "What was decided under a lock is not asked again of a struct that somebody else may"
                        + " free once the lock is gone.",
                "The struct of a cache with SLAB_DESTROY_BY_RCU is left to a worker that waits for the"
                        + " grace period. It is queued under the mutex. Behind the mutex"
                        + " kmem_cache_destroy, which kept the reference count in a variable, reads the"
                        + " flags of the struct once more, to see whether freeing it is its own"
                        + " business. The worker may have been faster.",
                "A use after free; and where the memory has another owner already, whose words lack the"
                        + " flag, a second free.",
                "Read the flags under the lock and keep them.");
    }
}
