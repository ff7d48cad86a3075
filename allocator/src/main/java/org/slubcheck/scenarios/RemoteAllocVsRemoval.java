package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;

/**
 * An allocation from another node turns irqs on to make a slab; in this window another CPU removes
 * the shared and alien queues.
 */
public final class RemoteAllocVsRemoval extends SharedScenario {
    /** Ready to run. */
    public RemoteAllocVsRemoval() {
        super(
                "remote-alloc-vs-removal",
                "Alien queues are removed in the irq-enable window of a remote allocation.",
                "kmem_cache_alloc_node(GFP_KERNEL, 1) on node 0",
                "shared_queue_size_store(0)");
    }

    @Override
    public KernelConfig config() {
        return TWO_NODES;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[] {sharedCache(kernel, "victim")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            takeOf(self, task, trial, s, 1);
        } else {
            require(trial.kernel().slubq().setSharedQueueSize(self, s, 0));
        }
    }
}
