package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** A cache whose slabs wait for a grace period is destroyed while a CPU goes down. */
public final class DestroyVsCpuDown extends HotplugScenario {
    /** Ready to run. */
    public DestroyVsCpuDown() {
        super(
                "destroy-vs-cpu-down",
                "A cache with SLAB_DESTROY_BY_RCU is destroyed while a CPU goes down.",
                "kmem_cache_destroy",
                "cpu_down");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long stays = cache(kernel, "stays", false);
        queueObject(kernel, stays);
        return new long[] {cache(kernel, "victim", true), stays};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().destroy(self, trial.setup(0));
        } else {
            trial.kernel().slab().hotplug().cpuDown(self, CPU);
        }
    }

    @Override
    public List<String> judge(Trial trial) {
        return leftBehind(trial, trial.setup(1));
    }
}
