package org.slubcheck.defects;

import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.LookSteps;
import org.slubcheck.verdict.Technique;

/** U10: what may change is read twice. Replaces {@link LookSteps#SHOWN}. */
public final class U10CountReadTwice extends Defect<LookSteps.Shown> {
    /** Ready to be installed. */
    public U10CountReadTwice() {
        super(
                "U10",
                "a count that may change is read twice",
                Technique.MODEL,
                LookSteps.SHOWN,
                "^per_cpu_caches: the CPUs add up to \\d+, not to the total: ");
    }

    @Override
    protected LookSteps.Shown code() {
        return (k, q, counted) -> KmemCacheQueue.racyObjects(k.memory(), q);
    }

    @Override
    public Story story() {
        return new Story(
                "mainline of 2011, mended by the ACCESS_ONCE(c->page) of show_slab_objects in Linux 3.3; "
                        + "the code of S+Q3 15/23 and 20/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM, Evidence.INFERRED),
                "Who looks at what another CPU changes reads it once and goes on with what he "
                        + "read.",
                "In mainline show_slab_objects tested c->page and then read it again, when it could "
                        + "be NULL. S+Q has no c->page; the equal place, by our inference, is "
                        + "per_cpu_caches_show of S+Q3 15/23, which reads the count of each queue "
                        + "for the total and again for the share of its CPU, and before that to "
                        + "leave out empty queues. slub_lock keeps the queues where they are, not "
                        + "what is in them.",
                "The file contradicts itself: the shares do not add up to the total, and a queue "
                        + "that was left out when empty is shown with 0.",
                "Read each count once. (Here shared_caches and alien_caches did it, too, until this "
                        + "defect was looked for.)");
    }
}
