package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/**
 * An allocation leaves its CPU while it makes a slab, and comes back on one whose queue holds more
 * than a batch already, while that CPU is at work.
 */
public final class MigratingRefill extends CacheScenario {
    /** Ready to run. */
    public MigratingRefill() {
        super(
                "migrating-refill",
                "An allocation migrates to a CPU whose queue is fuller than a batch.",
                "kmem_cache_alloc, migrating from CPU 0 to CPU 1",
                "kmem_cache_alloc on CPU 1");
    }

    @Override
    public Task enter(int task) {
        return task == 0 ? Task.on(0).migratingTo(1) : Task.on(1);
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        // No slab has a free object, so that an empty queue needs a new slab.
        int objects = KmemCache.ooObjects(KmemCache.oo(kernel.memory(), s));
        for (int i = 0; i < objects; i++) {
            grab(kernel, hands, 1, 1, s);
        }
        for (int i = 0; i < SMALL_QUEUE; i++) {
            kernel.slab().free(kernel.task(1), s, hands.drop(1));
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        take(self, task, trial, trial.setup(0), task == 0 ? Gfp.KERNEL : Gfp.ATOMIC);
    }
}
