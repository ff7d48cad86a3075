package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabFlags;

/**
 * A CPU on which no task runs comes or goes while something happens on the two others. It has an
 * object in its queue of a cache that stays, which the slab allocator must fetch when the CPU is gone.
 */
abstract class HotplugScenario extends Scenario {
    /** The CPU that comes and goes. */
    static final int CPU = 2;

    private static final int SIZE = 24;
    private static final KernelConfig CONFIG =
            unmerged(KernelConfig.of(Geometry.small().withCpus(CPU + 1)));

    HotplugScenario(String id, String about, String... tasks) {
        super(id, about, tasks);
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    /** A cache; one whose slabs wait for grace periods, or not. */
    static long cache(Kernel kernel, String name, boolean byRcu) {
        long flags = byRcu ? SlabFlags.DESTROY_BY_RCU : 0;
        return create(kernel, kernel.slab().literal(name), SIZE, flags);
    }

    /** Leaves an object in the queue of the CPU that is to go. */
    static void queueObject(Kernel kernel, long s) {
        Task task = kernel.task(CPU);
        long object = kernel.slab().alloc(task, s, Gfp.KERNEL);
        if (object == 0) {
            throw new IllegalStateException("the prefix cannot allocate");
        }
        kernel.slab().free(task, s, object);
    }

    /** What a CPU that is gone has left in its queue of a cache. */
    static List<String> leftBehind(Trial trial, long s) {
        Kernel kernel = trial.kernel();
        int objects = kernel.slubq().peekQueue(s, CPU).size();
        return kernel.machine().cpuOnline(CPU) || objects == 0
                ? List.of()
                : List.of(objects + " objects are lost in the queue of CPU#" + CPU);
    }
}
