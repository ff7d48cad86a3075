package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PcpuChunk;

/** A per-CPU allocation finds the map of its chunk full and extends it; an area of it is freed. */
public final class PercpuFreeVsExtend extends Scenario {
    private static final int BYTES = 8;
    private static final int SLOTS = 32;
    private static final int MAP_USED = PcpuChunk.LAYOUT.offset("map_used");
    private static final int MAP_ALLOC = PcpuChunk.LAYOUT.offset("map_alloc");
    private static final KernelConfig CONFIG =
            unmerged(
                    KernelConfig.of(Geometry.small().withPercpuEarlySlots(SLOTS))
                            .withDebugPercpu(true));

    /** Ready to run. */
    public PercpuFreeVsExtend() {
        super(
                "percpu-free-vs-extend",
                "A per-CPU area is freed while another allocation extends the map.",
                "alloc_percpu, which extends the map",
                "free_percpu");
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    /** The area to be freed; the next allocation finds no entry to spare. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        Task boot = kernel.task(0);
        long victim = area(kernel, boot);
        while (!mapIsFull(kernel)) {
            hands.hold(0, area(kernel, boot));
        }
        return new long[] {victim};
    }

    private static long area(Kernel kernel, Task boot) {
        long area = kernel.percpu().alloc(boot, BYTES, BYTES);
        if (area == 0) {
            throw new IllegalStateException("the prefix finds no room for an area");
        }
        return area;
    }

    private static boolean mapIsFull(Kernel kernel) {
        Memory m = kernel.memory();
        long chunk = kernel.percpuWiring().firstChunk();
        return m.peekInt(chunk + MAP_USED) + 2 > m.peekInt(chunk + MAP_ALLOC);
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        Kernel kernel = trial.kernel();
        if (task == 0) {
            trial.hands().hold(0, kernel.percpu().alloc(self, BYTES, BYTES));
        } else {
            kernel.percpu().free(self, trial.setup(0));
        }
    }
}
