package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** Somebody reads the per_cpu_caches file while the areas that it walks are replaced. */
public final class WalkVsResize extends CacheScenario {
    /** Ready to run. */
    public WalkVsResize() {
        super(
                "walk-vs-resize",
                "The per_cpu_caches file is read while a resize replaces the areas.",
                "cpu_queue_size_store",
                "per_cpu_caches_show");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        makeRoom(kernel, LARGE_QUEUE);
        grab(kernel, hands, 1, 1, s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            resize(self, trial, LARGE_QUEUE);
        } else {
            trial.kernel().slubq().attributes().show(self, s, "per_cpu_caches");
        }
    }
}
