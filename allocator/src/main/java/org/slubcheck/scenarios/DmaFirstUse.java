package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.Zone;

/**
 * Two CPUs ask for DMA memory of the same size for the first time; one of them may not sleep. Both
 * get some as long as ZONE_DMA has free pages at the end.
 */
public final class DmaFirstUse extends Scenario {
    private static final int SIZE = 32;
    private static final KernelConfig CONFIG = build();

    /** Ready to run. */
    public DmaFirstUse() {
        super(
                "dma-first-use",
                "Two CPUs ask for DMA memory of one size for the first time.",
                "kmalloc(GFP_KERNEL | GFP_DMA)",
                "kmalloc(GFP_ATOMIC | GFP_DMA)");
    }

    private static KernelConfig build() {
        Geometry micro = Geometry.micro();
        KernelConfig plain =
                KernelConfig.of(micro.withPages(new Geometry.ZonePages(5, 0, 14, 0, 0)));
        return plain.with(plain.slab().withSysfs(false));
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
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
        List<String> wrong = new ArrayList<>();
        long free = trial.kernel().pages().freePages(Zone.DMA);
        for (int task = 0; task < 2; task++) {
            if (trial.hands().held(task) != 1 && free > 0) {
                wrong.add(
                        String.format(
                                "the %s DMA allocation got NULL although %d pages are free",
                                task == 0 ? "sleeping" : "atomic", free));
            }
        }
        return wrong;
    }
}
