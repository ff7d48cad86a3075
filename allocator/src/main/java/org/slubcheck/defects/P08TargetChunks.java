package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P08: the loop of percpu_init_late meets a NULL before the first chunk. Replaces {@link PercpuSteps#TARGET_CHUNKS}. */
public final class P08TargetChunks extends Defect<PercpuSteps.TargetChunks> {
    /** Ready to be installed. */
    public P08TargetChunks() {
        super(
                "P08",
                "late maps end at a missing chunk",
                Technique.BOOT,
                PercpuSteps.TARGET_CHUNKS,
                "^the map of pcpu_chunk 0x[0-9a-f]+ is still init data, which is freed$");
    }

    @Override
    protected PercpuSteps.TargetChunks code() {
        return (first, reserved) -> new long[] {reserved, first, 0};
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010, whose loop ends at the first NULL; the order that makes it wrong is ours",
                Evidence.of(Evidence.CODE, Evidence.INFERRED),
                "After percpu_init_late no chunk's map is init data.",
                "percpu_init_late goes through an array of chunk pointers and stops at the first NULL, which also ends it. The reserved chunk is NULL on a machine that reserves nothing for modules. Named before the first chunk it ends the loop at once.",
                "The first chunk keeps its map in init data; when that is freed the next per-CPU allocation works on memory that belongs to somebody else.",
                "Name the first chunk first, which always exists; or skip a NULL instead of stopping.");
    }
}
