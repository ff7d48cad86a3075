package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * An allocation finds its CPU's list empty and is about to turn irqs off; before it does, an
 * interrupt frees into that list. What others freed into the slab waits there, too.
 */
public final class LocklessAllocVsIrqFree extends LocklessScenario {
    /** Ready to run. */
    public LocklessAllocVsIrqFree() {
        super(
                "lockless-alloc-vs-irq-free",
                "An interrupt frees between an allocation's fast path and its slow path.",
                "kmem_cache_alloc on CPU 0",
                "an interrupt on CPU 0 that frees");
    }

    @Override
    public int cpuOf(int task) {
        return 0;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> objects = slab(kernel, s);
        free(kernel, 1, s, objects.pop());
        free(kernel, 1, s, objects.pop());
        objects.forEach(object -> hands.hold(1, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        } else {
            long object = trial.hands().drop(1);
            trial.kernel()
                    .machine()
                    .interrupt(self, 0, irq -> trial.kernel().slab().free(irq, s, object));
        }
    }
}
