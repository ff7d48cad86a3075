package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q05: destroy gives slub_lock back too early. Replaces {@link SlabSteps#DESTROY_UNLOCK}. */
public final class Q05DestroyVsSysfs extends Defect<SlabSteps.DestroyUnlock> {
    /** Ready to be installed. */
    public Q05DestroyVsSysfs() {
        super(
                "Q05",
                "destroy gives slub_lock back too early",
                Technique.MODEL,
                SlabSteps.DESTROY_UNLOCK,
                "sysfs: cannot create duplicate filename '/kernel/slab/victim'");
    }

    @Override
    protected SlabSteps.DestroyUnlock code() {
        return (k, t, moment) -> {
            if (moment != SlabSteps.DestroyUnlock.Moment.DONE) {
                k.upWrite(t);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 10/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.SAID),
                "The list of caches and the sysfs tree name the same caches; "
                        + "both change under slub_lock.",
                "kmem_cache_destroy takes the cache off the list, drops "
                        + "slub_lock, and only then closes it and removes its sysfs entry. "
                        + "In between another CPU creates a cache of the same name.",
                "sysfs: cannot create duplicate filename, for a name that "
                        + "slab_caches does not hold.",
                "Keep slub_lock until the sysfs entry is gone.");
    }
}
