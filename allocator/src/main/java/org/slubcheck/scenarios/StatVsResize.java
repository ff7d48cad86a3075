package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * The window of {@link WindowVsResize} on a kernel that counts events: the counters live in the area
 * that the resize replaces. Lost counts are fine; a count in a freed area is not.
 */
public final class StatVsResize extends CacheScenario {
    private static final int ROOM = 768;
    private static final KernelConfig COUNTING = build();

    /** Ready to run. */
    public StatVsResize() {
        super(
                "stat-vs-resize",
                "An allocation counts its events while a resize replaces the counters.",
                "cpu_queue_size_store",
                "kmem_cache_alloc(GFP_KERNEL)");
    }

    private static KernelConfig build() {
        KernelConfig plain = CacheScenario.CONFIG;
        // Counters more than double an area, so the reserve of the micro machine is too small.
        return plain.with(plain.geometry().withPercpuEarlySize(ROOM))
                .with(plain.slab().withStats(true).withSysfs(false));
    }

    @Override
    public KernelConfig config() {
        return COUNTING;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        makeRoom(kernel, LARGE_QUEUE);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            resize(self, trial, LARGE_QUEUE);
        } else {
            take(self, task, trial, s, Gfp.KERNEL);
        }
    }
}
