package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/**
 * Two CPUs work one node's partial list: one drains into slabs of which nothing was free, and so puts
 * them on the list, while the other takes a slab off it for its empty queue, and puts it back.
 */
public final class DrainVsRefill extends CacheScenario {
    /** Ready to run. */
    public DrainVsRefill() {
        super(
                "drain-vs-refill",
                "One CPU drains its queue into slabs while another fills its own from slabs.",
                "kmem_cache_free on a full queue",
                "kmem_cache_alloc on an empty queue");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        int objects = KmemCache.ooObjects(KmemCache.oo(kernel.memory(), s));
        int queue = kernel.memory().peekInt(s + KmemCache.CPU_QUEUE);
        // Whole slabs, and one more object: the rest of its slab is what there is to be had.
        int all = (queue / objects + 1) * objects;
        for (int i = 0; i < all; i++) {
            grab(kernel, hands, 0, 0, s);
        }
        grab(kernel, hands, 1, 1, s);
        kernel.slubq().flushAll(kernel.task(0), s);
        for (int i = 0; i < queue; i++) {
            kernel.slab().free(kernel.task(0), s, hands.drop(0));
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            release(self, task, trial, trial.setup(0));
        } else {
            take(self, task, trial, trial.setup(0), Gfp.ATOMIC);
        }
    }
}
