package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** B13: with one CPU, per-CPU memory is kmalloc. Replaces {@link PercpuSteps#SOURCE}. */
public final class B13UpPercpuCycle extends Defect<PercpuSteps.Source> {
    /** Ready to be installed. */
    public B13UpPercpuCycle() {
        super(
                "B13",
                "per-CPU memory of one CPU is kmalloc",
                Technique.BOOT,
                PercpuSteps.SOURCE,
                "^Kernel panic - not syncing: Cannot create slab kmem_cache(_node)? size=\\d+ ");
    }

    @Override
    protected PercpuSteps.Source code() {
        return (percpu, t, bytes, align) ->
                percpu.cpus() == 1
                        ? percpu.slab().zalloc(t, bytes)
                        : percpu.fromChunks(t, bytes, align);
    }

    @Override
    public Story story() {
        return new Story(
                "commits \"Slub: UP bandaid\", C. Lameter, and bbddff054587 \"percpu: use percpu allocator "
                        + "on UP too\", T. Heo, which makes it unnecessary, both merged for "
                        + "2.6.37",
                Evidence.of(Evidence.UPSTREAM),
                "What a cache needs to open does not need a cache.",
                "On a kernel for one CPU alloc_percpu is kzalloc. Since kmem_cache_cpu is allocated "
                        + "for the boot caches too, opening the first of them asks for per-CPU "
                        + "memory, and so for a kmalloc cache, which opens later.",
                "A kernel for one CPU panics when it opens its first cache; one for two boots.",
                "Use the per-CPU allocator with its first chunk on one CPU too.");
    }
}
