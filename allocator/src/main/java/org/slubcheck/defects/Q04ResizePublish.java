package org.slubcheck.defects;

import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.Resize;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q04: resize published in the wrong order. Replaces {@link SlubqSteps#PUBLISH}. */
public final class Q04ResizePublish extends Defect<SlubqSteps.Publish> {
    /** Ready to be installed. */
    public Q04ResizePublish() {
        super(
                "Q04",
                "resize published in the wrong order",
                Technique.STRESS,
                SlubqSteps.PUBLISH,
                "^victim cpu#\\d: the queue holds more objects \\(\\d+\\) than it has room for");
    }

    @Override
    protected SlubqSteps.Publish code() {
        return (k, t, s, area, queue, flushOld) -> {
            k.memory().storeRelease(s + KmemCache.CPU, area);
            flushOld.run();
            Resize.setTunables(k, s, queue);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010: comments of "
                        + "resize_cpu_queue give the order and its code keeps it; the "
                        + "wrong order is ours",
                Evidence.of(Evidence.FULL_MAIL),
                "A shrink lowers queue and batch before the new area can be "
                        + "seen; a growth raises them after the old area is flushed; the "
                        + "area is published by a release.",
                "The new, smaller areas become visible while batch still has the "
                        + "value of the old queue. A CPU whose queue is empty refills up "
                        + "to batch and writes behind the end of its new area.",
                "A queue holds more objects than it has room for.",
                "Lower first, publish by a store-release, flush, raise last.");
    }
}
