package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q06: alias path drops slub_lock. Replaces {@link SlabSteps#ALIAS_LOCK}. */
public final class Q06AliasWindow extends Defect<SlabSteps.AliasLock> {
    /** Ready to be installed. */
    public Q06AliasWindow() {
        super(
                "Q06",
                "alias path drops slub_lock",
                Technique.MODEL,
                SlabSteps.ALIAS_LOCK,
                "^victim is on slab_caches without references");
    }

    @Override
    protected SlabSteps.AliasLock code() {
        return (k, t, registration) -> {
            k.upWrite(t);
            int error = registration.getAsInt();
            k.downWrite(t, "kmem_cache_create");
            return error;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 10/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.SAID),
                "A reference is taken and, if need be, given back within one "
                        + "critical section.",
                "kmem_cache_create finds a cache to merge with, counts itself "
                        + "in, drops slub_lock for the sysfs link, and takes the lock "
                        + "again to count itself out when that fails. Meanwhile another "
                        + "CPU destroys the cache: it sees the passing reference and goes "
                        + "away without destroying.",
                "A cache without references stays on slab_caches for ever.",
                "Hold slub_lock from the search to the end, failures included.");
    }
}
