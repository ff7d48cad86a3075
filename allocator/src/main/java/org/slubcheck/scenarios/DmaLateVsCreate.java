package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/** kmem_cache_init_late lists the DMA caches while another CPU creates a cache. */
public final class DmaLateVsCreate extends Scenario {
    private static final int SIZE = 24;
    private static final KernelConfig CONFIG = build();

    /** Ready to run. */
    public DmaLateVsCreate() {
        super(
                "dma-late-vs-create",
                "The DMA caches are made late while another CPU creates a cache.",
                "kmem_cache_init_late",
                "kmem_cache_create");
    }

    private static KernelConfig build() {
        Geometry micro = Geometry.micro();
        KernelConfig plain =
                KernelConfig.of(micro.withPages(new Geometry.ZonePages(5, 0, 14, 0, 0)));
        return plain.with(plain.slab().withDmaLate(true).withSysfs(false));
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public Kernel.Stage stage() {
        return Kernel.Stage.IRQS_ON;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long name = kernel.slab().literal("driver");
        if (name == 0) {
            throw new IllegalStateException("the prefix has no room for a name");
        }
        return new long[] {name};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().initLate(self);
        } else {
            trial.kernel().slab().create(self, trial.setup(0), SIZE, 0, 0, 0);
        }
    }
}
