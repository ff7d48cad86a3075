package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B02: the fix-up misses the slab of the CPU. Replaces {@link SlabSteps#FIXUP_OWNER}. */
public final class B02CpuSlabMissed extends Defect<SlabSteps.FixupOwner> {
    /** Ready to be installed. */
    public B02CpuSlabMissed() {
        super(
                "B02",
                "the fix-up misses the cpu slab",
                Technique.BOOT,
                SlabSteps.FIXUP_OWNER,
                "has a stale owner: 0x[0-9a-f]+ is no cache; it is (a CPU's slab|full)$"
                        + BootFixup.FOLLOWED);
    }

    @Override
    protected SlabSteps.FixupOwner code() {
        return (k, t, temp, real) -> BootFixup.walkBoth(k, real);
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010; mainline flushes the cpu slab first since 2013",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "A cpu slab is frozen and on no list: a walk along the lists does not "
                        + "come by it.",
                "The real struct is allocated from a slab of the very cache that moves. "
                        + "That takes the slab off the partial list and makes it the "
                        + "CPU's. The walk over partial and full slabs then finds neither "
                        + "it nor the one that kmem_cache_node gave node structs from.",
                "The slab's page goes on naming the temporary struct, which is freed and "
                        + "used for something else: slub_debug reads it while booting, or a struct "
                        + "kmem_cache is put there, and the slab is taken for that cache's.",
                "Flush the CPU's slab before the walk, or look at all pages.");
    }
}
