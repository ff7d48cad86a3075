package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** A CPU takes over what others free into its slab, while one more is freed there. */
public final class LocklessRemoteFree extends LocklessScenario {
    /** Ready to run. */
    public LocklessRemoteFree() {
        super(
                "lockless-remote-free",
                "A CPU takes over what another CPU frees into its slab.",
                "two allocations on CPU 0",
                "kmem_cache_free on CPU 1");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> objects = slab(kernel, s);
        free(kernel, 1, s, objects.pop());
        objects.forEach(object -> hands.hold(1, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        } else {
            trial.kernel().slab().free(self, s, trial.hands().drop(1));
        }
    }
}
