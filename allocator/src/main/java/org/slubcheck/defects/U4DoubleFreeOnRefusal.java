package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** U4: both error paths free the cache. Replaces {@link BootSteps#SYSFS_REFUSAL}. */
public final class U4DoubleFreeOnRefusal extends Defect<BootSteps.SysfsRefusal> {
    /** Ready to be installed. */
    public U4DoubleFreeOnRefusal() {
        super(
                "U4",
                "the struct is freed twice on a refused sysfs name",
                Technique.FAULT,
                BootSteps.SYSFS_REFUSAL,
                "\\A(?!.*use-after-free).*^kernel BUG at mm/slub.c kfree!$");
    }

    @Override
    protected BootSteps.SysfsRefusal code() {
        return (k, t, s) -> {
            k.undoCreate(t, s);
            // kobject_put of the last reference ends in kmem_cache_release.
            k.kfree(t, s);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm/slub: fix slab double-free in case of duplicate sysfs filename\", K. "
                        + "Khlebnikov, 2015 (80da026a8e5d)",
                Evidence.of(Evidence.UPSTREAM),
                "Exactly one of two error paths frees.",
                "sysfs refuses the directory of a new cache. kmem_cache_create "
                        + "closes and frees the cache, and the kobject, which is in it, is "
                        + "put; its release frees the struct once more.",
                "kfree finds no slab and no kmalloc page, and stops with a BUG.",
                "Do not put a kobject whose release frees what the caller frees.");
    }
}
