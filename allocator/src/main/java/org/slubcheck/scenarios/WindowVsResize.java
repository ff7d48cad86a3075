package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * An allocation finds no slab and turns irqs on to make one; in this window another CPU replaces the
 * per-CPU areas.
 */
public final class WindowVsResize extends CacheScenario {
    /** Ready to run. */
    public WindowVsResize() {
        super(
                "window-vs-resize",
                "A resize falls into the irq-enable window of an allocation.",
                "cpu_queue_size_store",
                "kmem_cache_alloc(GFP_KERNEL)");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        makeRoom(kernel, LARGE_QUEUE);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            resize(self, trial, LARGE_QUEUE);
        } else {
            take(self, task, trial, s, Gfp.KERNEL);
        }
    }
}
