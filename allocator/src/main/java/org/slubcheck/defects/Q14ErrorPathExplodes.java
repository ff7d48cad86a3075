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
                "D. Rientjes on S+Q3 8/23, 16 August 2010: a duplicate name in sysfs leads to a "
                        + "BUG in kmem_cache_release, called by the error handling. How the "
                        + "struct comes to be freed too early is our reading",
                Evidence.of(Evidence.SAID, Evidence.INFERRED),
                "A struct is freed behind the last use of it.",
                "sysfs refuses the directory of a new cache. The error path of "
                        + "sysfs_slab_add puts the kobject, and its release frees the "
                        + "cache. kmem_cache_create goes on with the cache that it was "
                        + "about to take back.",
                "The list entry, the nodes and the queues of a freed struct are used.",
                "Let kmem_cache_create alone free what it made.");
    }
}
