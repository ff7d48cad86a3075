package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;

/**
 * A cache with SLAB_DESTROY_BY_RCU is destroyed and made again under its name, as by a module that is
 * unloaded and loaded; meanwhile a worker releases what destroying may have left to it.
 */
public final class RecreateVsWorker extends Scenario {
    private static final int SIZE = 24;
    private static final KernelConfig CONFIG = unmerged(KernelConfig.of(Geometry.small()));

    /** Ready to run. */
    public RecreateVsWorker() {
        super(
                "recreate-vs-worker",
                "A cache is destroyed and created again while a worker runs.",
                "kmem_cache_destroy, kmem_cache_create",
                "worker");
    }

    @Override
    public List<String> calls(int task) {
        return task == 0
                ? List.of("kmem_cache_destroy", "kmem_cache_create", "flush_workqueue")
                : super.calls(task);
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long name = kernel.slab().literal("victim");
        return new long[] {create(kernel, name, SIZE, SlabFlags.DESTROY_BY_RCU), name};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        Slab slab = trial.kernel().slab();
        if (task == 0) {
            if (trial.makes(task, 0)) {
                slab.destroy(self, trial.setup(0));
            }
            if (trial.makes(task, 1)) {
                slab.create(self, trial.setup(1), SIZE, 0, SlabFlags.DESTROY_BY_RCU, 0);
            }
        }
        // The worker comes again when there is work behind its first round: flush_workqueue.
        if (task != 0 || trial.makes(task, 2)) {
            slab.works().run(self);
        }
    }
}
