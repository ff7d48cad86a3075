package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** B14: the kmalloc caches keep their common name. Replaces {@link BootSteps#KMALLOC_NAMES}. */
public final class B14Names extends Defect<BootSteps.KmallocNames> {
    /** Ready to be installed. */
    public B14Names() {
        super(
                "B14",
                "all kmalloc caches are called kmalloc",
                Technique.BOOT,
                BootSteps.KMALLOC_NAMES,
                "^(WARNING: [^\\n]*\\n)?sysfs: cannot create duplicate filename '/kernel/slab/kmalloc'$");
    }

    @Override
    protected BootSteps.KmallocNames code() {
        return (k, t, provide) -> {};
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010, which names the caches when the state is UP",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "A cache has a name of its own before sysfs shows it.",
                "Until kasprintf works all kmalloc caches share the literal "
                        + "\"kmalloc\". Where the second half is missing, that stays their "
                        + "name.",
                "Caches that debugging keeps from merging want one directory in "
                        + "sysfs; the second is refused. Who frees the name of such a "
                        + "cache frees a literal.",
                "Provide the names as soon as the state is UP.");
    }
}
