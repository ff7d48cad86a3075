package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/**
 * kmem_cache_shrink, which holds no lock, empties the queues of all CPUs one after the other; between
 * two of them another CPU replaces the areas that the queues are in.
 */
public final class ShrinkVsResize extends CacheScenario {
    /** Ready to run. */
    public ShrinkVsResize() {
        super(
                "shrink-vs-resize",
                "A cache is shrunk while a resize replaces the areas.",
                "cpu_queue_size_store",
                "kmem_cache_shrink");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        makeRoom(kernel, LARGE_QUEUE);
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            grab(kernel, hands, cpu, cpu, s);
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            resize(self, trial, LARGE_QUEUE);
        } else {
            trial.kernel().slab().shrink(self, trial.setup(0));
        }
    }
}
