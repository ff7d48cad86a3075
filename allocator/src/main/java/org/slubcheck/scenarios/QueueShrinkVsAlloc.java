package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * A queue shrinks while another CPU refills its own. The batch of the large queue is more than the
 * small one holds, so a refill that sees the new area with the old batch runs over its end.
 */
public final class QueueShrinkVsAlloc extends CacheScenario {
    private static final int BEFORE = 14;

    /** Ready to run. */
    public QueueShrinkVsAlloc() {
        super(
                "shrink-vs-alloc",
                "A queue shrinks while another CPU refills its own.",
                "cpu_queue_size_store",
                "kmem_cache_alloc");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        int error = kernel.slubq().setCpuQueueSize(kernel.task(0), s, BEFORE);
        if (error != 0) {
            throw new IllegalStateException("the prefix cannot grow the queue: " + error);
        }
        makeRoom(kernel, SMALL_QUEUE);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            resize(self, trial, SMALL_QUEUE);
        } else {
            take(self, task, trial, s, Gfp.ATOMIC);
        }
    }
}
