package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/**
 * A user writes to a sysfs file of a cache, which flushes its queues, while the cache is destroyed and
 * somebody turns a CPU on. It is on already, which is seen under cpu_hotplug.lock, held for write: all
 * that matters of a CPU that comes, and no more. (2.6.36 looks before it takes the lock; the kernels of
 * the defect look behind.)
 */
public final class ShrinkVsDestroyVsCpuUp extends Scenario {
    private static final int SIZE = 24;
    private static final int CPUS = 2;
    private static final KernelConfig CONFIG =
            unmerged(KernelConfig.of(Geometry.small().withCpus(CPUS)));

    /** Ready to run. */
    public ShrinkVsDestroyVsCpuUp() {
        super(
                "shrink-vs-destroy-vs-cpu-up",
                "A cache is shrunk by its sysfs file and destroyed while a CPU is turned on.",
                "write /sys/kernel/slab/victim/shrink",
                "kmem_cache_destroy",
                "cpu_up");
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[] {create(kernel, kernel.slab().literal("victim"), SIZE, 0)};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        switch (task) {
            case 0 -> trial.kernel().slab().shrinkByUser(self, "victim");
            case 1 -> trial.kernel().slab().destroy(self, trial.setup(0));
            default ->
                    SharedScenario.requireThat(
                            !trial.kernel().slab().hotplug().cpuUp(self, CPUS - 1),
                            "the CPU was down");
        }
    }
}
