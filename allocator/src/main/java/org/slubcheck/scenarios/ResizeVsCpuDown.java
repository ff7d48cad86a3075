package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/**
 * The queues of a cache are resized while a CPU goes down: between its last instruction and its
 * notifier the CPU answers no IPI, and its queue is full of objects.
 */
public final class ResizeVsCpuDown extends HotplugScenario {
    private static final int QUEUE = 24;

    /** Ready to run. */
    public ResizeVsCpuDown() {
        super(
                "resize-vs-cpu-down",
                "The queues of a cache are resized while a CPU goes down.",
                "cpu_queue_size_store",
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
            int error = trial.kernel().slubq().setCpuQueueSize(self, trial.setup(0), QUEUE);
            if (error != 0) {
                throw new IllegalStateException("the resize failed with " + error);
            }
        } else {
            trial.kernel().slab().hotplug().cpuDown(self, CPU);
        }
    }

    @Override
    public List<String> judge(Trial trial) {
        return leftBehind(trial, trial.setup(0));
    }
}
