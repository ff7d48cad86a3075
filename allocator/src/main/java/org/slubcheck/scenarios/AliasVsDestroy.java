package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/**
 * A create finds a cache to merge with, but its sysfs link cannot be made; meanwhile the cache's
 * owner destroys it.
 */
public final class AliasVsDestroy extends Scenario {
    private static final int SIZE = 24;

    /** Ready to run. */
    public AliasVsDestroy() {
        super(
                "alias-vs-destroy",
                "An alias that cannot be registered is undone while its cache is destroyed.",
                "kmem_cache_create",
                "kmem_cache_destroy");
    }

    @Override
    public KernelConfig config() {
        return KernelConfig.of(Geometry.small()).withFaults(true);
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        Task boot = kernel.task(0);
        long s = kernel.slab().create(boot, kernel.slab().literal("victim"), SIZE, 0, 0, 0);
        kernel.faults().failAt(Faults.Kind.SYSFS, 1);
        return new long[] {s, kernel.slab().literal("alias")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().create(self, trial.setup(1), SIZE, 0, 0, 0);
        } else {
            trial.kernel().slab().destroy(self, trial.setup(0));
        }
    }
}
