package org.slubcheck.scenarios;

import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * A free into the slab of its CPU is preempted, or moved to another CPU and back, while the CPU gives
 * that slab up for one of the partial list.
 */
public final class LocklessFreeVsRefill extends LocklessScenario {
    private final int[] route;

    private LocklessFreeVsRefill(String id, String about, String free, int... route) {
        super(id, about, free, "kmem_cache_alloc on CPU 0");
        this.route = route;
    }

    /** The free stays on its CPU. */
    static LocklessFreeVsRefill preempted() {
        return new LocklessFreeVsRefill(
                "lockless-free-vs-refill",
                "A lock-free free is preempted while its CPU takes another slab.",
                "kmem_cache_free on CPU 0");
    }

    /** The free is away for two looks, and back before it changes anything. */
    static LocklessFreeVsRefill migrating() {
        return new LocklessFreeVsRefill(
                "lockless-free-vs-migration",
                "A lock-free free migrates while its CPU takes another slab.",
                "kmem_cache_free on CPU 0, migrating to CPU 1 and back",
                1,
                1,
                0);
    }

    @Override
    public Task enter(int task) {
        return task == 0 ? Task.on(0).migratingTo(route) : Task.on(0);
    }

    /**
     * The slab of CPU 0 is full, and an older one is on the partial list with one free object: so the
     * freelist of the CPU is empty before and after, and only the tid tells.
     */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> older = slab(kernel, s);
        Deque<Long> newer = slab(kernel, s);
        free(kernel, 1, s, older.pop());
        older.forEach(object -> hands.hold(1, object));
        newer.forEach(object -> hands.hold(0, object));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.kernel().slab().free(self, s, trial.hands().drop(0));
        } else {
            trial.hands().hold(1, trial.kernel().slab().alloc(self, s, Gfp.ATOMIC));
        }
    }
}
