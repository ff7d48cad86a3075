package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** B05: copy before the allocation. Replaces {@link SlabSteps#MOVE_BOOT_CACHE}. */
public final class B05CopyBeforeAlloc extends Defect<SlabSteps.MoveBootCache> {
    /** Ready to be installed. */
    public B05CopyBeforeAlloc() {
        super(
                "B05",
                "copy before the allocation",
                Technique.BOOT,
                SlabSteps.MOVE_BOOT_CACHE,
                "\\A(?!.*(has a stale owner|"
                        + BootFixup.LISTED_ELSEWHERE
                        + ")).*^kmem_cache(_node)? node#\\d+: (nr_slabs|total_objects|nr_partial)"
                        + " is \\d+ but");
    }

    @Override
    protected SlabSteps.MoveBootCache code() {
        return (k, t, temp) -> {
            Memory m = k.memory();
            long[] copy = new long[(int) k.kmemSize() / Memory.WORD];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = m.read(temp + (long) i * Memory.WORD);
            }
            long real = k.allocBootStruct(t);
            for (int i = 0; i < copy.length; i++) {
                m.write(real + (long) i * Memory.WORD, copy[i]);
            }
            return real;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010",
                Evidence.of(Evidence.CODE),
                "The struct that is copied must already account for its own allocation.",
                "The real kmem_cache is an object of the cache that the "
                        + "temporary struct describes. Allocating it changes the temporary "
                        + "struct: a slab is counted, the queue is filled, the partial "
                        + "list gets a page. A copy that was taken before has none of "
                        + "this: the new cache does not know the slab that holds it.",
                "nr_slabs, total_objects or nr_partial of kmem_cache disagree "
                        + "with the pages that it owns.",
                "Allocate first, then copy.");
    }
}
