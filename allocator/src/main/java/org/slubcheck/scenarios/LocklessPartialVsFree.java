package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** A CPU takes two slabs off the partial list, while an object of the second is freed. */
public final class LocklessPartialVsFree extends LocklessScenario {
    /** Ready to run. */
    public LocklessPartialVsFree() {
        super(
                "lockless-partial-vs-free",
                "A slab goes from the partial list to a CPU while an object of it is freed.",
                "kmem_cache_alloc on CPU 0",
                "kmem_cache_free on CPU 1");
    }

    /** Two slabs are on the partial list, each with one free object; CPU 0 has a full slab. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        List<Deque<Long>> slabs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            slabs.add(slab(kernel, s));
        }
        free(kernel, 1, s, slabs.get(0).pop());
        free(kernel, 1, s, slabs.get(1).pop());
        slabs.get(0).forEach(object -> hands.hold(0, object));
        slabs.get(2).forEach(object -> hands.hold(0, object));
        slabs.get(1).forEach(object -> hands.hold(1, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        } else {
            trial.kernel().slab().free(self, s, trial.hands().drop(1));
        }
    }
}
