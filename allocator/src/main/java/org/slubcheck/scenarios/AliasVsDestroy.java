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
    private static final KernelConfig CONFIG = KernelConfig.of(Geometry.small()).withFaults(true);

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
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        Task boot = kernel.task(0);
        long s = kernel.slab().create(boot, kernel.slab().literal("victim"), SIZE, 0, 0, 0);
        long alias = kernel.slab().literal("alias");
        if (s == 0 || alias == 0) {
            throw new IllegalStateException(
                    "the prefix cannot create the victim, or name its alias");
        }
        kernel.faults().failAt(Faults.Kind.SYSFS, 1);
        return new long[] {s, alias};
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
