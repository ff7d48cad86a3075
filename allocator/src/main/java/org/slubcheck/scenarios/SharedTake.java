package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** Two CPUs with empty queues allocate; what they share is one batch. */
public final class SharedTake extends SharedScenario {
    /** Ready to run. */
    public SharedTake() {
        super(
                "shared-take",
                "Two CPUs with empty queues share one batch of objects.",
                "kmem_cache_alloc(GFP_ATOMIC)",
                "kmem_cache_alloc(GFP_ATOMIC)");
    }

    @Override
    public KernelConfig config() {
        return CacheScenario.CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = sharedCache(kernel, "victim");
        fillShared(kernel, hands, s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        take(self, task, trial, trial.setup(0), Gfp.ATOMIC);
    }
}
