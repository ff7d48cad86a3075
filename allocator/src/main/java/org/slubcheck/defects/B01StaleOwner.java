package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B01: stale owner of boot slabs. Replaces {@link SlabSteps#FIXUP_OWNER}. */
public final class B01StaleOwner extends Defect<SlabSteps.FixupOwner> {
    /** Ready to be installed. */
    public B01StaleOwner() {
        super(
                "B01",
                "stale owner of boot slabs",
                Technique.BOOT,
                SlabSteps.FIXUP_OWNER,
                "has a stale owner: 0x[0-9a-f]+ is no cache" + BootFixup.FOLLOWED);
    }

    @Override
    protected SlabSteps.FixupOwner code() {
        return (k, t, temp, real) -> {};
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.SAID),
                "page->slab names the cache that owns the page, for as long as "
                        + "the page is a slab.",
                "kmem_cache and kmem_cache_node start life in structs that the "
                        + "page allocator gave. The first slabs are made while these "
                        + "temporary structs are current, so their pages name them as "
                        + "owners. Then the real structs are allocated, the contents "
                        + "copied, and the temporary block goes back to the page "
                        + "allocator. Without the fix-up walk the pages still name the "
                        + "freed block.",
                "kfree and ksize of a boot object follow page->slab into freed memory, as do the "
                        + "checks of slub_debug already while booting. When the block has become "
                        + "a struct kmem_cache again, the slab is taken for that cache's, and is "
                        + "on another one's list.",
                "After the move, walk the slabs of the boot caches and write the "
                        + "new owner into each page.");
    }
}
