package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * An allocation finds its CPU's list empty and is moved to another CPU before it turns irqs off,
 * while its first CPU is at work.
 */
public final class LocklessAllocVsFree extends LocklessScenario {
    /** Ready to run. */
    public LocklessAllocVsFree() {
        super(
                "lockless-alloc-vs-free",
                "An allocation is moved between its fast path and its slow path.",
                "kmem_cache_alloc on CPU 0, migrating to CPU 1",
                "two frees on CPU 0");
    }

    @Override
    public Task enter(int task) {
        return task == 0 ? Task.on(0).migratingTo(1) : Task.on(0);
    }

    /** The slab of CPU 0 is full; that of CPU 1 has one object left. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> others = slab(kernel, s);
        kernel.slab().engine().flushAll(kernel.task(0), s);
        free(kernel, 1, s, others.pop());
        free(kernel, 1, s, others.pop());
        others.add(kernel.slab().alloc(kernel.task(1), s, Gfp.KERNEL));
        others.forEach(object -> hands.hold(0, object));
        slab(kernel, s).forEach(object -> hands.hold(1, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        } else {
            trial.kernel().slab().free(self, s, trial.hands().drop(1));
            trial.kernel().slab().free(self, s, trial.hands().drop(1));
        }
    }
}
