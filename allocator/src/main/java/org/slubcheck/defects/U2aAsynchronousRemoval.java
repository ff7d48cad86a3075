package org.slubcheck.defects;

import org.slubcheck.slab.ReleaseSteps;
import org.slubcheck.verdict.Technique;

/** U2a: the sysfs entry is removed by a worker, some time later. Replaces {@link ReleaseSteps#RELEASE}. */
public final class U2aAsynchronousRemoval extends Defect<ReleaseSteps.Release> {
    /** Ready to be installed. */
    public U2aAsynchronousRemoval() {
        super(
                "U2a",
                "sysfs removal is left to a worker",
                Technique.MODEL,
                ReleaseSteps.RELEASE,
                "sysfs: cannot create duplicate filename '/kernel/slab/victim'");
    }

    @Override
    protected ReleaseSteps.Release code() {
        return (k, t, cache, moment) -> {
            if (!cache.empty()) {
                ReleaseSteps.RELEASE.mainline().at(k, t, cache, moment);
            } else if (moment == ReleaseSteps.Release.Moment.CLOSED) {
                k.works().queue(cache.s());
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: make sysfs file removal asynchronous\", T. Heo, June 2017 (3b7b314053d0); undone"
                        + " by \"slub: fix failure when we delete and create a slab cache\", M."
                        + " Patocka, June 2018 (d50d82faa0c9)",
                Evidence.of(Evidence.UPSTREAM),
                "When kmem_cache_destroy returns, the name of the cache is free.",
                "Removing a directory of sysfs waits for its readers, and a reader may wait for the"
                        + " mutex of the slab allocator. So kmem_cache_destroy, which holds the"
                        + " mutex, leaves removal and struct to a work item. A driver that destroys a"
                        + " cache and at once makes it anew, as dm-bufio did, comes before the"
                        + " worker.",
                "sysfs: cannot create duplicate filename; kmem_cache_create fails with -EEXIST.",
                "Take the name out of sysfs while the mutex is held. That brought back the deadlock"
                        + " that the work item was there to avoid: see U2b.");
    }
}
