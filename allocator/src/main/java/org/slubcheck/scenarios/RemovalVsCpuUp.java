package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** The shared queues of a cache are removed while one of the CPUs that share is offline, and comes. */
public final class RemovalVsCpuUp extends SharedScenario {
    /** Shares a queue with CPU 0, and is offline when it starts. */
    private static final int CPU = 2;

    /** Ready to run. */
    public RemovalVsCpuUp() {
        super(
                "removal-vs-cpu-up",
                "Shared queues are removed while a CPU is offline, which comes up and allocates.",
                "shared_queue_size_store(0)",
                "cpu_up, kmem_cache_alloc(GFP_ATOMIC) there");
    }

    @Override
    public KernelConfig config() {
        return TWO_ON_A_NODE;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = sharedCache(kernel, "victim");
        if (!kernel.slab().hotplug().cpuDown(kernel.task(0), CPU)) {
            throw new IllegalStateException("the prefix cannot take the CPU down");
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        Kernel kernel = trial.kernel();
        long s = trial.setup(0);
        if (task == 0) {
            require(kernel.slubq().setSharedQueueSize(self, s, 0));
        } else {
            kernel.slab().hotplug().cpuUp(self, CPU);
            take(kernel.task(CPU), task, trial, s, Gfp.ATOMIC);
        }
    }
}
