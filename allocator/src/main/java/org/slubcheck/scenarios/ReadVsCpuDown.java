package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** A user reads the queues of all CPUs while one of them goes down. */
public final class ReadVsCpuDown extends HotplugScenario {
    /** Ready to run. */
    public ReadVsCpuDown() {
        super(
                "read-vs-cpu-down",
                "The per_cpu_caches file of a cache is read while a CPU goes down.",
                "read /sys/kernel/slab/victim/per_cpu_caches",
                "cpu_down");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim", false);
        queueObject(kernel, s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().readAttribute(self, "victim", "per_cpu_caches");
        } else {
            trial.kernel().slab().hotplug().cpuDown(self, CPU);
        }
    }

    @Override
    public List<String> judge(Trial trial) {
        return leftBehind(trial, trial.setup(0));
    }
}
