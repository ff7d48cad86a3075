package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** An allocation that wants a node looks at its CPU's slab, which an IPI flushes. */
public final class LocklessAllocVsFlush extends LocklessScenario {
    /** Ready to run. */
    public LocklessAllocVsFlush() {
        super(
                "lockless-alloc-vs-flush",
                "The slab of a CPU is flushed under a lock-free allocation.",
                "kmem_cache_alloc_node(0) on CPU 0",
                "flush_all");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> objects = slab(kernel, s);
        free(kernel, 0, s, objects.pop());
        free(kernel, 0, s, objects.pop());
        objects.forEach(object -> hands.hold(0, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().allocNode(self, s, Gfp.ATOMIC, 0));
        } else {
            trial.kernel().slab().engine().flushAll(self, s);
        }
    }
}
