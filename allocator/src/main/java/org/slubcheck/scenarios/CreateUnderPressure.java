package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** A cache is created while there is no free page and the page allocator reclaims. */
public final class CreateUnderPressure extends SharedScenario {
    private static final int[] SIZES = {OBJECT, 32, 64};

    /** Ready to run. */
    public CreateUnderPressure() {
        super(
                "create-under-pressure",
                "A cache is created while memory is short and page reclaim runs.",
                "kmem_cache_create",
                "kmem_cache_free");
    }

    @Override
    public KernelConfig config() {
        return CacheScenario.CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        grab(kernel, hands, 1, 1, s);
        int gfp = Gfp.ATOMIC | Gfp.HIGH | Gfp.NOWARN;
        for (int size : SIZES) {
            long object;
            do {
                object = kernel.slab().kmalloc(kernel.task(0), size, gfp);
                hands.hold(0, object);
            } while (object != 0);
        }
        return new long[] {s, kernel.slab().literal("newcomer")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().create(self, trial.setup(1), OBJECT, 0, 0, 0);
        } else {
            release(self, task, trial, trial.setup(0));
        }
    }
}
