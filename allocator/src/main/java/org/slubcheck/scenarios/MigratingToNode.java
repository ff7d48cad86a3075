package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * An allocation leaves its CPU, and with it its node, while it makes a slab; the CPU that it comes back
 * on has an empty queue, and is at work.
 */
public final class MigratingToNode extends CacheScenario {
    /** Ready to run. */
    public MigratingToNode() {
        super(
                "migrating-to-node",
                "An allocation migrates to a CPU of another node with a slab in its hand.",
                "kmem_cache_alloc, migrating from CPU 0 to CPU 1",
                "kmem_cache_free on CPU 1");
    }

    @Override
    public KernelConfig config() {
        return SharedScenario.TWO_NODES;
    }

    @Override
    public Task enter(int task) {
        return task == 0 ? Task.on(0).migratingTo(1) : Task.on(1);
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        // Task 1 holds objects of its node, and the queue of its CPU is empty again.
        do {
            grab(kernel, hands, 1, 1, s);
        } while (kernel.slubq().queued(s, 1) > 0);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            take(self, task, trial, trial.setup(0), Gfp.KERNEL);
        } else {
            release(self, task, trial, trial.setup(0));
        }
    }
}
