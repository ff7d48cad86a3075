package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * An allocation is preempted, or moved to another CPU and back, between its look at the freelist and
 * its change, while another task makes the first object of that list the first again with another
 * behind it.
 */
public final class LocklessAllocVsPair extends LocklessScenario {
    /** Ready to run. */
    public LocklessAllocVsPair() {
        super(
                "lockless-alloc-vs-pair",
                "The first object of a freelist goes and comes back under a lock-free allocation.",
                "kmem_cache_alloc on CPU 0, migrating to CPU 1 and back",
                "two allocations and a free on CPU 0");
    }

    /** Away behind the look at the tid, and back before the change. */
    @Override
    public Task enter(int task) {
        return task == 0 ? Task.on(0).migratingTo(1, 0) : Task.on(0);
    }

    /** All objects but one are free on the list of CPU 0. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> objects = slab(kernel, s);
        hands.hold(0, objects.pop());
        objects.forEach(object -> free(kernel, 0, s, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        } else {
            long first = trial.kernel().slab().alloc(self, s, Gfp.ATOMIC);
            trial.hands().hold(1, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
            trial.kernel().slab().free(self, s, first);
        }
    }
}
