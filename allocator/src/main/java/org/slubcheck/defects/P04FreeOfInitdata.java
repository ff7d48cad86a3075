package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P04: pcpu_extend_area_map frees a map in init data. Replaces {@link PercpuSteps#OLD_MAP}. */
public final class P04FreeOfInitdata extends Defect<PercpuSteps.OldMap> {
    /** Ready to be installed. */
    public P04FreeOfInitdata() {
        super(
                "P04",
                "map in init data freed",
                Technique.BOOT,
                PercpuSteps.OLD_MAP,
                "^BUG: unable to handle kernel paging request at [0-9a-f]+\nIP: kfree$");
    }

    @Override
    protected PercpuSteps.OldMap code() {
        return (old, initData) -> old;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010, and the later free of outgrown maps",
                Evidence.of(Evidence.SAID),
                "kfree gets what kmalloc returned, and nothing else.",
                "Once outgrown maps are freed (P03), an extension between the moment when slab is up and percpu_init_late replaces the static map of the first chunk, and gives the array in init data to kfree. Caches that kmem_cache_init makes behind UP, such as those for DMA, are enough for that on a machine with few slots.",
                "kfree of an address that belongs to no page of the allocator.",
                "Leave the first map alone: init data goes with the rest of it.");
    }
}
