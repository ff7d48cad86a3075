package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.Resize;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q04r: resize publishes without release. Replaces {@link SlubqSteps#PUBLISH}. */
public final class Q04rPlainPublish extends Defect<SlubqSteps.Publish> {
    /** Ready to be installed. */
    public Q04rPlainPublish() {
        super(
                "Q04r",
                "resize publishes without release",
                Technique.MODEL,
                SlubqSteps.PUBLISH,
                "^BUG: KCSAN: data-race in victim cpu\n");
    }

    @Override
    protected SlubqSteps.Publish code() {
        return (k, t, s, area, queue, flushOld) -> {
            int before = KmemCache.queue(k.memory(), s);
            if (queue < before) {
                Resize.setTunables(k, s, queue);
            }
            k.memory().write(s + KmemCache.CPU, area);
            flushOld.run();
            if (queue > before) {
                Resize.setTunables(k, s, queue);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "resize_cpu_queue of S+Q3 15/23, C. Lameter, 3 August 2010: a "
                        + "plain store to s->cpu, with a barrier for the compiler before "
                        + "it, and that only when it shrinks",
                Evidence.of(Evidence.FULL_MAIL),
                "What a pointer leads to, and the tunables that go with it, are "
                        + "visible before the pointer is.",
                "The resizer initialises the new areas and stores their address "
                        + "plainly. Another CPU, which takes no lock, may see the address "
                        + "before the capacity of the queue that it leads to, or before "
                        + "the lowered batch. Processors that keep stores in order hide it.",
                "The pointer is read without an order against its store.",
                "Store it with release; read it with acquire, or by way of an "
                        + "address dependency where the language has one.");
    }
}
