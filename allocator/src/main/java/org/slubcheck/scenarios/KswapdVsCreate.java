package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** A cache is created, with memory enough, and kswapd runs: what waits in reclaim shows here. */
public final class KswapdVsCreate extends CacheScenario {
    /** Ready to run. */
    public KswapdVsCreate() {
        super(
                "kswapd-vs-create",
                "A cache is created while kswapd reclaims, and nobody is short of memory.",
                "kmem_cache_create",
                "kswapd");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[] {kernel.slab().literal("newcomer")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().create(self, trial.setup(0), OBJECT, 0, 0, 0);
        } else {
            trial.kernel().pages().balancePgdat(self, 0);
        }
    }
}
