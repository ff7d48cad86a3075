package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P06: pcpu_extend_area_map copies the entries before it takes the lock. Replaces {@link PercpuSteps#MAP_COPY}. */
public final class P06LockSleep extends Defect<PercpuSteps.MapCopy> {
    /** Ready to be installed. */
    public P06LockSleep() {
        super(
                "P06",
                "map copied outside pcpu_lock",
                Technique.MODEL,
                PercpuSteps.MAP_COPY,
                "^BUG: KCSAN: data-race in kmalloc-128 object \\d+ of page#\\d+ \\+\\d+$|"
                        + "^pcpu_chunk 0x[0-9a-f]+ has free_size \\d+ and \\d+ bytes free$");
    }

    @Override
    protected PercpuSteps.MapCopy code() {
        return moment -> moment == PercpuSteps.MapCopy.Moment.BEFORE_LOCK;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010, whose extension states the order; the wrong code is ours",
                Evidence.of(Evidence.CODE, Evidence.INFERRED),
                "A larger map is allocated without pcpu_lock, as that may sleep; it is filled and swapped in under it, with irqs off.",
                "free_percpu takes pcpu_lock alone, from any context. If the entries are copied before the lock is taken, a free in between changes the old map after it was read: the chunk goes on with a map in which the area is still allocated.",
                "An area that was freed is allocated for ever, and the counts of the chunk disagree with its map.",
                "Allocate first; then copy and swap in one section under spin_lock_irqsave.");
    }
}
