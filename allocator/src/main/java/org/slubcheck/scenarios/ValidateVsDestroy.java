package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Errno;

/**
 * A user writes to the file validate of a cache, which walks over its nodes and slabs, while the cache
 * is destroyed.
 */
public final class ValidateVsDestroy extends Scenario {
    private static final String CACHE = "victim";
    private static final String IN_TIME = "validated before the cache went";
    private static final String TOO_LATE = "found no file";

    /** Half a page: validation has two objects of a slab to look at, and each costs interleavings. */
    private static final int SIZE = 256;

    private final KernelConfig config;

    /** On one of the engines. */
    ValidateVsDestroy(String engine) {
        super(
                "validate-vs-destroy-" + engine,
                "A cache is validated through sysfs while it is destroyed.",
                "write /sys/kernel/slab/victim/validate",
                "kmem_cache_destroy");
        config = unmerged(KernelConfig.of(Geometry.small()).withEngine(engine));
    }

    @Override
    public KernelConfig config() {
        return config;
    }

    /** The cache has a slab, which is empty. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = create(kernel, kernel.slab().literal(CACHE), SIZE, 0);
        CacheScenario.grab(kernel, hands, 0, 0, s);
        kernel.slab().free(kernel.task(0), s, hands.drop(0));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            int error = trial.kernel().slab().writeAttribute(self, CACHE, "validate", "1");
            if (error != 0 && error != Errno.ENODEV) {
                trial.complain(0, "validate returns " + error);
            }
            trial.note(0, error);
        } else {
            trial.kernel().slab().destroy(self, trial.setup(0));
        }
    }

    @Override
    public List<String> evidence(Trial trial) {
        return List.of(trial.noted(0) == 0 ? IN_TIME : TOO_LATE);
    }

    @Override
    public List<String> needed() {
        return List.of(IN_TIME, TOO_LATE);
    }
}
