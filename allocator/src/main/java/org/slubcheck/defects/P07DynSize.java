package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P07: pcpu_build_alloc_info takes what the architecture asks for as it is. Replaces {@link PercpuSteps#DYN_SIZE}. */
public final class P07DynSize extends Defect<PercpuSteps.DynSize> {
    /** Ready to be installed. */
    public P07DynSize() {
        super(
                "P07",
                "no minimum for early boot",
                Technique.PROPERTY,
                PercpuSteps.DYN_SIZE,
                "^kernel BUG at mm/percpu.c pcpu_setup_first_chunk!$");
    }

    @Override
    protected PercpuSteps.DynSize code() {
        return (wanted, early) -> wanted;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010",
                Evidence.of(Evidence.SAID),
                "The first chunk has at least PERCPU_DYNAMIC_EARLY_SIZE bytes for areas that are allocated at run time.",
                "An architecture says how much dynamic space it wants, which may be none. That was fine as long as nobody allocated before there could be further chunks.",
                "The sanity check of pcpu_setup_first_chunk stops the boot with a BUG; without the check the first cache finds no room for its areas.",
                "pcpu_build_alloc_info takes the larger of what is wanted and what early boot needs.");
    }
}
