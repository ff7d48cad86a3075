package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P05: percpu_init_late replaces a map that has grown. Replaces {@link PercpuSteps#LATE_MAP}. */
public final class P05StaleMapAlloc extends Defect<PercpuSteps.LateMap> {
    /** Ready to be installed. */
    public P05StaleMapAlloc() {
        super(
                "P05",
                "grown map replaced by a small one",
                Technique.BOOT,
                PercpuSteps.LATE_MAP,
                "^pcpu_chunk 0x[0-9a-f]+ counts on \\d+ map entries, and its map has \\d+$|"
                        + "^percpu_init_late replaced a map that had grown and never gave it back: ");
    }

    @Override
    protected PercpuSteps.LateMap code() {
        return stillInitData -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010",
                Evidence.of(Evidence.CODE),
                "A chunk's map has map_alloc entries.",
                "percpu_init_late allocates a map of PERCPU_DYNAMIC_EARLY_SLOTS entries, copies as many, and stores the pointer. A chunk whose map was extended since slab came up has more entries than that; map_alloc keeps saying so.",
                "The blocks behind the last copied entry are whatever stands behind the new map; the extended map is lost.",
                "Replace a map only while it is the one in init data.");
    }
}
