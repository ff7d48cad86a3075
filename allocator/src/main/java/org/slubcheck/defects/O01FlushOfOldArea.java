package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** O01: one pointer for all legs of a flush. Replaces {@link SlubqSteps#FLUSH_ALL}. */
public final class O01FlushOfOldArea extends Defect<SlubqSteps.FlushAll> {
    /** Ready to be installed. */
    public O01FlushOfOldArea() {
        super(
                "O01",
                "one pointer for all legs of a flush",
                Technique.MODEL,
                SlubqSteps.FLUSH_ALL,
                "^BUG: KASAN: percpu-use-after-free in victim cpu#\\d \\(old area\\) q\\.");
    }

    @Override
    protected SlubqSteps.FlushAll code() {
        return (k, t, s) -> {
            long area = KmemCache.cpu(k.memory(), s);
            k.machine().onEachCpu(t, irq -> k.flushThisCpu(irq, s, area));
        };
    }

    @Override
    public Story story() {
        return new Story(
                "our own: found in this port by reading it, and in flush_all of "
                        + "S+Q3 15/23, C. Lameter, 3 August 2010, which does the same; no "
                        + "mail reports it",
                Evidence.of(Evidence.FULL_MAIL, Evidence.INFERRED),
                "Rules A and B of S+Q3 15/23: s->cpu may be used with irqs off "
                        + "on its CPU, or under slub_lock on all of them. "
                        + "kmem_cache_shrink has neither.",
                "kmem_cache_shrink reads s->cpu once, with irqs on and no lock "
                        + "held, and hands the area to the interrupts that it sends to all "
                        + "CPUs. Before the last of them another CPU's resize publishes "
                        + "new areas, flushes the old ones and frees them. The next "
                        + "interrupt empties what it was given.",
                "A flush reads the queue in a freed per-CPU area, and would "
                        + "drain whatever it finds there into slabs.",
                "Read s->cpu in the interrupt. Irqs are off there, so a resize "
                        + "that has replaced the area waits for this CPU before it frees "
                        + "it.");
    }
}
