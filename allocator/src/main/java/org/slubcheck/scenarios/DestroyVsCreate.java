package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Slab;

/**
 * A cache is destroyed while another CPU waits for its name to be free, to create a cache of the same
 * name. Free is what no cache on slab_caches has, looked at under slub_lock.
 */
public final class DestroyVsCreate extends Scenario {
    private static final int SIZE = 24;
    private static final KernelConfig CONFIG = unmerged(KernelConfig.of(Geometry.small()));

    /** Ready to run. */
    public DestroyVsCreate() {
        super(
                "destroy-vs-create",
                "A cache is destroyed while another CPU creates one of the same name.",
                "kmem_cache_destroy",
                "kmem_cache_create, once the name is free");
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long name = kernel.slab().literal("victim");
        return new long[] {create(kernel, name, SIZE, 0), name};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().destroy(self, trial.setup(0));
        } else if (free(self, trial)) {
            trial.kernel().slab().create(self, trial.setup(1), SIZE, 0, 0, 0);
        }
    }

    private static boolean free(Task self, Trial trial) {
        Slab slab = trial.kernel().slab();
        slab.downRead(self, "lookup");
        boolean free = slab.cacheByName("victim") == 0;
        slab.upRead(self);
        return free;
    }
}
