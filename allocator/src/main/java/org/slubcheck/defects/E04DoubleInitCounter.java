package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E04: slab_init++ stands for what boot memory knows. Replaces {@link EarlySteps#MODE}. */
public final class E04DoubleInitCounter extends Defect<EarlySteps.Mode> {
    /** Ready to be installed. */
    public E04DoubleInitCounter() {
        super(
                "E04",
                "calls of kmem_cache_init are counted",
                Technique.BOOT,
                EarlySteps.MODE,
                "^the pages behind mem_init do not add up: \\d+ are free and \\d+ in use, of \\d+$");
    }

    @Override
    protected EarlySteps.Mode code() {
        return (slabInit, afterBootmem) -> Math.min(slabInit + 1, EarlySteps.OVER);
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005: slab_init counts "
                        + "0, 1, 2",
                Evidence.of(Evidence.CODE),
                "A state is asked of what has it.",
                "kmem_cache_init counts its calls and takes the first for the early one. On "
                        + "an architecture that was built with CONFIG_EARLY_KMALLOC and does not call "
                        + "it in setup_arch, the one call of start_kernel is the first: the mode is "
                        + "early from then on, for ever.",
                "Every slab comes from the map of boot memory, which was given away before: "
                        + "two owners of each page.",
                "Ask whether boot memory is there still.");
    }
}
