package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Task;

/**
 * The slabs of a cache are validated while the memory of a node goes. The memory came after boot, so that no struct is
 * in it, and no CPU is next to it, so that no queue has to move.
 */
public final class ValidateVsMemoryOffline extends Scenario {
    private static final int NODE = 2;
    private static final int SIZE = 32;
    private static final KernelConfig CONFIG = config(new Geometry.ZonePages(0, 0, 26, 0, 0));

    /** Ready to run. */
    public ValidateVsMemoryOffline() {
        super(
                "validate-vs-memory-offline",
                "The slabs of a cache are validated while the memory of a node goes.",
                "validate_slab_cache",
                "offline_pages(node 2)");
    }

    private static KernelConfig config(Geometry.ZonePages pages) {
        Geometry geometry =
                new Geometry("micro-late", 2, NODE + 1, true, 256, 16, 2, pages, 32, 64, 512, 24);
        return unmerged(KernelConfig.of(geometry.withLate(new LateMemory(1, 0))));
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = create(kernel, kernel.slab().literal("victim"), SIZE, 0);
        if (!kernel.slab().memoryHotplug().online(kernel.task(0), NODE)) {
            throw new IllegalStateException("the prefix cannot bring the memory");
        }
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slubq().validate(self, trial.setup(0));
        } else {
            trial.kernel().slab().memoryHotplug().offline(self, NODE);
        }
    }
}
