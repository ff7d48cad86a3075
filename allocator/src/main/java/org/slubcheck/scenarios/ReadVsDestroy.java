package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/**
 * A user reads a sysfs file of a cache while the cache is destroyed: the file's handler wants
 * slub_lock, and the removal of the file waits for the handler.
 */
public final class ReadVsDestroy extends Scenario {
    private static final int SIZE = 24;
    private static final KernelConfig CONFIG = unmerged(KernelConfig.of(Geometry.small()));

    /** Ready to run. */
    public ReadVsDestroy() {
        super(
                "read-vs-destroy",
                "A sysfs file of a cache is read while the cache is destroyed.",
                "read /sys/kernel/slab/victim/objects",
                "kmem_cache_destroy");
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
        if (task == 0) {
            trial.kernel().slab().readAttribute(self, "victim", "objects");
        } else {
            trial.kernel().slab().destroy(self, trial.setup(0));
        }
    }
}
