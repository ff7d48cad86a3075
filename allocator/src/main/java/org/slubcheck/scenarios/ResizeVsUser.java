package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * A queue grows on one CPU while another frees and allocates. Right code: the user works on his old
 * area until the flush interrupts him, and on the new one from then on.
 */
public final class ResizeVsUser extends CacheScenario {
    /** Ready to run. */
    public ResizeVsUser() {
        super(
                "resize-vs-user",
                "A queue grows while another CPU frees and allocates.",
                "cpu_queue_size_store",
                "kmem_cache_free, kmem_cache_alloc");
    }

    @Override
    public List<String> calls(int task) {
        return task == 0 ? super.calls(task) : List.of("kmem_cache_free", "kmem_cache_alloc");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        makeRoom(kernel, LARGE_QUEUE);
        grab(kernel, hands, 1, 1, s);
        grab(kernel, hands, 1, 1, s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            resize(self, trial, LARGE_QUEUE);
        } else {
            if (trial.makes(task, 0)) {
                release(self, task, trial, s);
            }
            if (trial.makes(task, 1)) {
                take(self, task, trial, s, Gfp.KERNEL);
            }
        }
    }
}
