package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F07: the batch is changed without the lock. Replaces {@link SlubqNumaSteps#BATCH_CLAMP}. */
public final class F07BatchClampOutsideLock extends Defect<SlubqNumaSteps.BatchClamp> {
    /** Ready to be installed. */
    public F07BatchClampOutsideLock() {
        super(
                "F07",
                "batch clamp outside the lock",
                Technique.MODEL,
                SlubqNumaSteps.BATCH_CLAMP,
                "^BUG: KASAN: percpu-use-after-free in page#\\d+ \\+0x[0-9a-f]+\\n"
                        + "Write of size 8 at addr [0-9a-f]{16} by CPU#1");
    }

    @Override
    protected SlubqNumaSteps.BatchClamp code() {
        return (k, s, size, moment) -> {
            if (moment == SlubqNumaSteps.BatchClamp.Moment.BEFORE_LOCK
                    && KmemCache.batch(k.memory(), s) > size) {
                KmemCache.setBatch(k.memory(), s, size);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010, whose code of "
                        + "cpu_queue_size_store it is",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL),
                "The tunables of a cache change under slub_lock alone, so that a batch "
                        + "never exceeds its queue.",
                "cpu_queue_size_store lowers a batch that is larger than the queue "
                        + "asked for before it takes slub_lock. Between its look and its store "
                        + "another store shrinks the queue further, and sets a batch that fits. "
                        + "The first one's store then raises the batch again, beyond the queue "
                        + "that there is by now.",
                "The next refill writes a batch into a queue that is smaller, and so "
                        + "behind the end of its area.",
                "Leave the batch to the resize, which sets it under slub_lock.");
    }
}
