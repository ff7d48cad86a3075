package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** Two writers shrink the queues of a cache, and one of them allocates then. */
public final class ShrinkVsShrink extends SharedScenario {
    private static final int BEFORE = 14;
    private static final int SIX = 6;

    /** Ready to run. */
    public ShrinkVsShrink() {
        super(
                "shrink-vs-shrink",
                "The queues of a cache are shrunk from two sides.",
                "cpu_queue_size_store(6)",
                "cpu_queue_size_store(4), kmem_cache_alloc");
    }

    @Override
    public List<String> calls(int task) {
        return task == 0
                ? super.calls(task)
                : List.of("cpu_queue_size_store(4)", "kmem_cache_alloc");
    }

    @Override
    public KernelConfig config() {
        return CacheScenario.CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        require(kernel.slubq().setCpuQueueSize(kernel.task(0), s, BEFORE));
        grab(kernel, hands, 0, 0, s);
        kernel.slubq().flushAll(kernel.task(0), s);
        makeRoom(kernel, SIX);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            resize(self, trial, SIX);
        } else {
            if (trial.makes(task, 0)) {
                resize(self, trial, SMALL_QUEUE);
            }
            if (trial.makes(task, 1)) {
                take(self, task, trial, trial.setup(0), Gfp.ATOMIC);
            }
        }
    }
}
