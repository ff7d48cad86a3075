package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabFlags;

/**
 * Somebody counts cpu slabs while one comes into use, of a cache that is debugged: then no free may
 * bypass the checks, which c-&gt;node says.
 */
public final class SlubCountVsAlloc extends Scenario {
    private static final int OBJECT = 32;

    private static final KernelConfig CONFIG =
            tracked(unmerged(KernelConfig.of(Geometry.small()).withEngine("slub")));

    /** Ready to run. */
    public SlubCountVsAlloc() {
        super(
                "slub-count-vs-alloc",
                "The cpu_slabs file is read while a CPU takes its first slab.",
                "kmem_cache_alloc(GFP_KERNEL)",
                "cpu_slabs_show");
    }

    /** Every cache stores users, so that the word before an object is nobody's to touch. */
    private static KernelConfig tracked(KernelConfig plain) {
        return plain.with(plain.slab().withDebugFlags(SlabFlags.STORE_USER));
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        // A slab is made beforehand: that the allocation makes one is another story.
        long name = kernel.slab().literal("victim");
        long s = create(kernel, name, OBJECT, 0);
        long object = kernel.slab().alloc(kernel.task(1), s, Gfp.KERNEL);
        kernel.slab().engine().flushAll(kernel.task(0), s);
        hands.hold(1, object);
        // So that what the reader allocates is not the first object of its slab either.
        hands.hold(1, kernel.slab().kmalloc(kernel.task(1), Memory.WORD, Gfp.KERNEL));
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            trial.hands().hold(0, trial.kernel().slab().alloc(self, s, Gfp.KERNEL));
        } else {
            trial.kernel().slab().engine().attributes().show(self, s, "cpu_slabs");
        }
    }
}
