package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** Q14: release frees the cache under the error path. Replaces {@link BootSteps#SYSFS_REFUSAL}. */
public final class Q14ErrorPathExplodes extends Defect<BootSteps.SysfsRefusal> {
    /** Ready to be installed. */
    public Q14ErrorPathExplodes() {
        super(
                "Q14",
                "the struct is freed in the middle of the error path",
                Technique.FAULT,
                BootSteps.SYSFS_REFUSAL,
                "^BUG: KASAN: (slab-)?use-after-free in .*^kernel BUG at mm/slub.c kfree!$");
    }

    @Override
    protected BootSteps.SysfsRefusal code() {
        return (k, t, s) -> {
            // kobject_put of the last reference ends in kmem_cache_release.
            k.kfree(t, s);
            k.undoCreate(t, s);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "the thread of S+Q3, August 2010, on caches whose name sysfs refuses",
                Evidence.of(Evidence.SAID),
                "A struct is freed behind the last use of it.",
                "sysfs refuses the directory of a new cache. The error path of "
                        + "sysfs_slab_add puts the kobject, and its release frees the "
                        + "cache. kmem_cache_create goes on with the cache that it was "
                        + "about to take back.",
                "The list entry, the nodes and the queues of a freed struct are used.",
                "Let kmem_cache_create alone free what it made.");
    }
}
