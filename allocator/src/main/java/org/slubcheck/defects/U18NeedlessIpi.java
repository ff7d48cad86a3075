package org.slubcheck.defects;

import org.slubcheck.slab.CpusSteps;
import org.slubcheck.slab.SlabState;
import org.slubcheck.verdict.Technique;

/** U18: creating a cache interrupts every CPU. Replaces {@link CpusSteps#FIRST_AREAS}. */
public final class U18NeedlessIpi extends Defect<CpusSteps.FirstAreas> {
    /** Ready to be installed. */
    public U18NeedlessIpi() {
        super(
                "U18",
                "needless IPI when a cache is created",
                Technique.PROPERTY,
                CpusSteps.FIRST_AREAS,
                "^kmem_cache_create interrupts CPU#\\d+, which cannot know the cache yet$");
    }

    @Override
    protected CpusSteps.FirstAreas code() {
        return (k, t, s) -> {
            // At boot there is nobody to interrupt, and irqs may be off.
            if (k.state() == SlabState.SYSFS && !t.irqsOff()) {
                k.engine().flushAll(t, s);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slab: avoid IPIs when creating kmem caches\", G. Thelen, April 2017"
                        + " (a87c75fbcc8d)",
                Evidence.of(Evidence.UPSTREAM),
                "A CPU is interrupted only for what it may have in its hands.",
                "Giving a new cache its per-CPU areas and replacing those of an old one are the same"
                        + " function in SLAB, do_tune_cpucache, and the function interrupts every"
                        + " CPU to be sure that none goes on with an old area. A new cache has no"
                        + " old one. The engines here open a cache by themselves, so the flush of a"
                        + " resize is called at the end of it.",
                "Nothing breaks. Each creation interrupts every CPU and waits for all of them; with"
                        + " a set of caches for each memory cgroup that came to tens of thousands"
                        + " of interrupts.",
                "Interrupt only where an old area was replaced.");
    }
}
