package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * Two CPUs ask for DMA memory of the same size for the first time; one of them may not sleep. There
 * is enough memory, so both get some.
 */
public final class DmaFirstUse extends Scenario {
    private static final int SIZE = 32;

    /** Ready to run. */
    public DmaFirstUse() {
        super(
                "dma-first-use",
                "Two CPUs ask for DMA memory of one size for the first time.",
                "kmalloc(GFP_KERNEL | GFP_DMA)",
                "kmalloc(GFP_ATOMIC | GFP_DMA)");
    }

    @Override
    public KernelConfig config() {
        Geometry micro = Geometry.micro();
        KernelConfig plain =
                KernelConfig.of(micro.withPages(new Geometry.ZonePages(5, 0, 14, 0, 0)));
        return plain.with(plain.slab().withSysfs(false));
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[0];
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        int gfp = Gfp.DMA | (task == 0 ? Gfp.KERNEL : Gfp.ATOMIC);
        trial.hands().hold(task, trial.kernel().slab().kmalloc(self, SIZE, gfp));
    }

    @Override
    public List<String> judge(Trial trial) {
        return trial.hands().held(1) == 1
                ? List.of()
                : List.of("the atomic DMA allocation got NULL although memory is free");
    }
}
