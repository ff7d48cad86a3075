package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * Somebody expires a cache by hand while an interrupt frees an object: the CPU's queue is full, so
 * a batch of it goes to the shared queue, which expiry is about to drain.
 */
public final class ExpireVsIrqFree extends CacheScenario {
    private static final KernelConfig SHARING =
            unmerged(KernelConfig.of(Geometry.small()).withDebugPercpu(true));

    /** Ready to run. */
    public ExpireVsIrqFree() {
        super(
                "expire-vs-irq-free",
                "A shared queue is drained by expiry while an interrupt wants to fill it.",
                "expire_store",
                "an interrupt that frees");
    }

    @Override
    public KernelConfig config() {
        return SHARING;
    }

    /** Leaves a batch in the shared queue, untouched since the last look, and a full CPU queue. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        Task boot = kernel.task(1);
        if (kernel.slubq().setCpuQueueSize(boot, s, SMALL_QUEUE) != 0
                || kernel.slubq().setSharedQueueSize(boot, s, SMALL_QUEUE) != 0) {
            throw new IllegalStateException("the prefix cannot size the queues");
        }
        int queue = kernel.memory().readInt(s + KmemCache.CPU_QUEUE);
        for (int i = 0; i <= queue; i++) {
            grab(kernel, hands, 0, 1, s);
        }
        grab(kernel, hands, 1, 1, s);
        for (int i = 0; i <= queue; i++) {
            kernel.slab().free(boot, s, hands.drop(0));
        }
        kernel.slubq().expire(boot, s, -1);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.kernel().slubq().expire(self, s, -1);
        } else {
            long object = trial.hands().drop(task);
            trial.kernel()
                    .machine()
                    .interrupt(self, self.cpu(), irq -> trial.kernel().slab().free(irq, s, object));
        }
    }
}
