package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B09: boot caches can be merged. Replaces {@link SlabSteps#BOOT_REFCOUNT}. */
public final class B09BootRefcount extends Defect<SlabSteps.BootRefcount> {
    /** Ready to be installed. */
    public B09BootRefcount() {
        super(
                "B09",
                "boot caches can be merged",
                Technique.PROPERTY,
                SlabSteps.BOOT_REFCOUNT,
                "^kmem_cache_create returned the boot cache kmem_cache"
                        + "|^the unique id :[daF]*t-\\d+ of kmem_cache(_node)? is another cache's, too");
    }

    @Override
    protected SlabSteps.BootRefcount code() {
        return (k, t, s) -> {};
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.CODE),
                "A cache that the allocator itself lives on must never be shared with a "
                        + "caller.",
                "The temporary caches are opened with a reference count of one, like any "
                        + "other. If the fix-up does not make it negative, kmem_cache_create of "
                        + "the same size and flags finds them mergeable, hands one out as an "
                        + "alias, and the caller's kmem_cache_destroy takes it apart under "
                        + "everybody's feet.",
                "A created cache has the address of kmem_cache or kmem_cache_node; or sysfs refuses "
                        + "the unique id that kmem_cache has in common with a kmalloc cache.",
                "Set the reference count of the boot caches to -1: unmergeable.");
    }
}
