package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/**
 * A user writes to a sysfs file of a cache, which flushes its queues, while the cache is destroyed and
 * a CPU comes up. With three tasks it is too large for a model check that completes a bound.
 */
public final class ShrinkVsDestroyVsCpuUp extends HotplugScenario {
    /** Ready to run. */
    public ShrinkVsDestroyVsCpuUp() {
        super(
                "shrink-vs-destroy-vs-cpu-up",
                "A cache is shrunk by its sysfs file and destroyed while a CPU comes up.",
                "write /sys/kernel/slab/victim/shrink",
                "kmem_cache_destroy",
                "cpu_up");
    }

    /** The CPU that comes runs none of them. */
    @Override
    public int cpuOf(int task) {
        return task % CPU;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim", false);
        if (!kernel.slab().hotplug().cpuDown(kernel.task(0), CPU)) {
            throw new IllegalStateException("the prefix cannot take the CPU down");
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        switch (task) {
            case 0 -> trial.kernel().slab().shrinkByUser(self, "victim");
            case 1 -> trial.kernel().slab().destroy(self, trial.setup(0));
            default -> trial.kernel().slab().hotplug().cpuUp(self, CPU);
        }
    }
}
