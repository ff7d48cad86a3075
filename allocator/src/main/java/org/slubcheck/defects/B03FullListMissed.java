package org.slubcheck.defects;

import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B03: the fix-up misses full slabs. Replaces {@link SlabSteps#FIXUP_OWNER}. */
public final class B03FullListMissed extends Defect<SlabSteps.FixupOwner> {
    /** Ready to be installed. */
    public B03FullListMissed() {
        super(
                "B03",
                "the fix-up misses full slabs",
                Technique.BOOT,
                SlabSteps.FIXUP_OWNER,
                "has a stale owner: 0x[0-9a-f]+ is no cache; it is full$");
    }

    /** With the flush of 2013, so that nothing is missed but full slabs. */
    @Override
    protected SlabSteps.FixupOwner code() {
        return (k, t, temp, real) -> {
            k.engine().flushThisCpu(t, real);
            BootFixup.walk(k, real, KmemCacheNode.PARTIAL);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010; the typo was mended in 2011",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "Every slab of a boot cache learns its new owner, full ones too.",
                "The walk along the full list stands under CONFIG_SLAB_DEBUG, which is "
                        + "another allocator's option: CONFIG_SLUB_DEBUG was meant. So it "
                        + "is never compiled. Where the caches store users and the first "
                        + "slab of kmem_cache holds a single object, as it does when no "
                        + "larger block of pages is to be had, that slab is full by then.",
                "Its page goes on naming the temporary struct, which is freed.",
                "Mend the name of the option; a full slab of a cache that does not store "
                        + "users is on no list at all, so looking at all pages is surer.");
    }
}
