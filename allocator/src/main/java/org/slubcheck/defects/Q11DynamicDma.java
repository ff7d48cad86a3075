package org.slubcheck.defects;

import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q11: DMA caches created on first use. Replaces {@link SlabSteps#DMA_CACHE}. */
public final class Q11DynamicDma extends Defect<SlabSteps.DmaCache> {
    /** Ready to be installed. */
    public Q11DynamicDma() {
        super(
                "Q11",
                "DMA caches created on first use",
                Technique.MODEL,
                SlabSteps.DMA_CACHE,
                "^the atomic DMA allocation got NULL although \\d+ pages are free",
                "^BUG: KCSAN: data-race in (kmalloc_dma_caches\\[|dma-kmalloc-\\d+ )");
    }

    @Override
    protected SlabSteps.DmaCache code() {
        return new OnFirstUse();
    }

    /** dma_kmalloc_cache of 2.6.35: looks without the lock, creates under it, publishes plainly. */
    private static final class OnFirstUse implements SlabSteps.DmaCache {
        @Override
        public void atBoot(Slab k, Task t) {}

        @Override
        public long cache(Slab k, Task t, int index, int gfp) {
            Memory m = k.memory();
            long slot = k.wiring().kmallocDmaSlot(index);
            long s = m.read(slot);
            if (s != 0) {
                return s;
            }
            if ((gfp & Gfp.WAIT) != 0) {
                k.downWrite(t, "dma_kmalloc_cache");
            } else if (!k.machine()
                    .downWriteTryLock(t, k.wiring().slubLock(), LockClass.SLUB_LOCK)) {
                return m.read(slot);
            }
            if (m.read(slot) == 0) {
                m.write(slot, k.createDmaCache(t, index, gfp & ~Gfp.DMA));
            }
            k.upWrite(t);
            return m.read(slot);
        }
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q2 10/19 and S+Q3 8/23, C. Lameter, July and August 2010",
                Evidence.of(Evidence.SAID, Evidence.FULL_MAIL),
                "An allocation must not need a lock that its caller may not wait "
                        + "for, and a pointer is published after what it points to.",
                "kmalloc with GFP_DMA creates its cache when it is first asked "
                        + "for. The new cache's address is stored plainly and read without "
                        + "the lock. A caller that may not sleep can only try slub_lock, "
                        + "and gets NULL while anybody else holds it.",
                "An atomic DMA allocation fails although memory is free; or the "
                        + "pointer is read without an order against the creation.",
                "Create all DMA caches at boot.");
    }
}
