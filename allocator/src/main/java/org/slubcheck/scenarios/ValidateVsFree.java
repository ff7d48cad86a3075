package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.SlabFlags;

/** All slabs of a cache with red zones are checked while one of its objects is freed. */
public final class ValidateVsFree extends CacheScenario {
    /** Ready to run. */
    public ValidateVsFree() {
        super(
                "validate-vs-free",
                "A cache with red zones is validated while one of its objects is freed.",
                "validate_slab_cache",
                "kmem_cache_free");
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long name = kernel.slab().literal("victim");
        long s = create(kernel, name, OBJECT, SlabFlags.RED_ZONE);
        grab(kernel, hands, 1, 1, s);
        // The slab of that object is on the partial list, where it will be looked at.
        kernel.slubq().flushAll(kernel.task(0), s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            long errors = trial.kernel().slubq().validate(self, s);
            if (errors != 0) {
                trial.complain(0, "validate: " + errors + " errors in a cache that is sound");
            }
        } else {
            release(self, task, trial, s);
        }
    }
}
