package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** A cache whose slabs wait for a grace period is destroyed while a CPU comes up. */
public final class DestroyVsCpuUp extends HotplugScenario {
    /** Ready to run. */
    public DestroyVsCpuUp() {
        super(
                "destroy-vs-cpu-up",
                "A cache with SLAB_DESTROY_BY_RCU is destroyed while a CPU comes up.",
                "kmem_cache_destroy",
                "cpu_up");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim", true);
        if (!kernel.slab().hotplug().cpuDown(kernel.task(0), CPU)) {
            throw new IllegalStateException("the prefix cannot take the CPU down");
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().destroy(self, trial.setup(0));
        } else {
            trial.kernel().slab().hotplug().cpuUp(self, CPU);
        }
    }
}
