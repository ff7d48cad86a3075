package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;

/** Objects in a shared queue expire while the shared queues are removed. */
public final class ExpireVsRemoval extends SharedScenario {
    /** Ready to run. */
    public ExpireVsRemoval() {
        super(
                "expire-vs-removal",
                "A cache is made to expire while its shared queues are removed.",
                "expire_store",
                "shared_queue_size_store(0)");
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
        long s = trial.setup(0);
        if (task == 0) {
            trial.kernel().slubq().expire(self, s, -1);
        } else {
            require(trial.kernel().slubq().setSharedQueueSize(self, s, 0));
        }
    }
}
