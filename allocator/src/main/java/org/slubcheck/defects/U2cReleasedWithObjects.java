package org.slubcheck.defects;

import org.slubcheck.slab.ReleaseSteps;
import org.slubcheck.verdict.Technique;

/** U2c: a cache with objects is released like an empty one. Replaces {@link ReleaseSteps#RELEASE}. */
public final class U2cReleasedWithObjects extends Defect<ReleaseSteps.Release> {
    /** Ready to be installed. */
    public U2cReleasedWithObjects() {
        super(
                "U2c",
                "the struct of a busy cache is released",
                Technique.PROPERTY,
                ReleaseSteps.RELEASE,
                "^freeing an object that a destroy left behind: BUG: KASAN: slab-use-after-free");
    }

    @Override
    protected ReleaseSteps.Release code() {
        return (k, t, cache, moment) -> {
            if (moment == ReleaseSteps.Release.Moment.UNLOCKED) {
                k.sysfsRemove(t, cache.s());
                k.kfree(t, cache.s());
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm/slab_common: Deleting kobject in kmem_cache_destroy() without holding"
                        + " slab_mutex/cpu_hotplug_lock\", W. Long, August 2022 (0495e337b703); the"
                        + " report and fix: \"mm/slab_common: fix slab_caches list corruption after"
                        + " kmem_cache_destroy()\", R. Aquini, September 2023",
                Evidence.of(Evidence.UPSTREAM),
                "A cache that still has objects keeps its struct.",
                "To remove the sysfs entry without a lock, removal and release move from the function"
                        + " that shuts the cache down, which ends early when objects are left, to the"
                        + " end of kmem_cache_destroy. That looks at the reference count alone, so a"
                        + " cache that could not be shut down is released, too.",
                "Who frees a left object, or walks the list that the struct is still on, uses freed"
                        + " memory.",
                "Release what was shut down, and nothing else.");
    }
}
