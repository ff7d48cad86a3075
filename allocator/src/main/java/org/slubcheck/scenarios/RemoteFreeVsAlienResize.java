package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;

/** An object of another node is freed while the alien queues get another size. */
public final class RemoteFreeVsAlienResize extends SharedScenario {
    private static final int BEFORE = 6;
    private static final int AFTER = 2;

    /** So many that a queue's lock is where the smaller queue would have none yet. */
    private static final int QUEUED = 3;

    /** Ready to run. */
    public RemoteFreeVsAlienResize() {
        super(
                "remote-free-vs-alien-resize",
                "An object of node 1 is freed on node 0 while the alien queues get smaller.",
                "kmem_cache_free of node 1 on node 0",
                "alien_queue_size_store");
    }

    @Override
    public KernelConfig config() {
        return TWO_NODES;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = sharedCache(kernel, "victim");
        require(kernel.slubq().setAlienQueueSize(kernel.task(0), s, BEFORE));
        for (int i = 0; i <= QUEUED; i++) {
            grabOf(kernel, hands, 0, 1, s, 1);
        }
        for (int i = 0; i < QUEUED; i++) {
            giveBack(kernel, hands, 0, 0, s);
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            release(self, task, trial, s);
        } else {
            require(trial.kernel().slubq().setAlienQueueSize(self, s, AFTER));
        }
    }
}
