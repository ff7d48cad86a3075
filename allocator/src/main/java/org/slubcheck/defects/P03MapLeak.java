package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P03: pcpu_extend_area_map never frees what it replaced. Replaces {@link PercpuSteps#OLD_MAP}. */
public final class P03MapLeak extends Defect<PercpuSteps.OldMap> {
    /** Ready to be installed. */
    public P03MapLeak() {
        super(
                "P03",
                "outgrown maps leak",
                Technique.PROPERTY,
                PercpuSteps.OLD_MAP,
                "^pcpu_extend_area_map outgrew a map and never gave it back: ");
    }

    @Override
    protected PercpuSteps.OldMap code() {
        return (old, initData) -> 0;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010, which drops the assignment; mended in August 2010",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "What a larger map replaces is freed.",
                "With the static maps of two entries the test for them went, and with it the one assignment of the variable that was freed at the end. kfree(NULL) is legal, so nobody complains.",
                "Each time that a map grows, the one before it stays allocated for ever.",
                "Remember the map before the swap and free it behind the lock; not while it is init data.");
    }
}
