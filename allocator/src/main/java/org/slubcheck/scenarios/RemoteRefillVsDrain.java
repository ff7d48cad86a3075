package org.slubcheck.scenarios;

import java.util.Collections;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;

/** Of two CPUs that share queues one refills the alien queue from a slab while the other drains it
 * into the same slab. */
public final class RemoteRefillVsDrain extends SharedScenario {
    /** Ready to run. */
    public RemoteRefillVsDrain() {
        super(
                "remote-refill-vs-drain",
                "One CPU refills an alien queue from the slab that another drains it into.",
                "kmem_cache_alloc_node(1) on CPU 0",
                "3 x kmem_cache_free of node 1 on CPU 2");
    }

    @Override
    public List<String> calls(int task) {
        return task == 0 ? super.calls(task) : Collections.nCopies(ALIEN + 1, "kmem_cache_free");
    }

    @Override
    public KernelConfig config() {
        return TWO_ON_A_NODE;
    }

    @Override
    public int cpuOf(int task) {
        return task == 0 ? 0 : 2;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = sharedCache(kernel, "victim");
        for (int i = 0; i <= ALIEN; i++) {
            grabOf(kernel, hands, 1, 1, s, 1);
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            takeOf(self, task, trial, s, 1);
            return;
        }
        for (int i = 0; i <= ALIEN; i++) {
            if (trial.makes(task, i)) {
                release(self, task, trial, s);
            }
        }
    }
}
