package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slubq.KmemCacheCpu;

/**
 * A scenario around one cache of 32-byte objects on the micro machine: four objects a slab, queues
 * of four, so that refills and drains are never far.
 */
abstract class CacheScenario extends Scenario {
    static final int OBJECT = 32;
    static final int SMALL_QUEUE = 4;
    static final int LARGE_QUEUE = 8;

    /** The micro machine, watching its freed per-CPU areas, without merging. */
    static final KernelConfig CONFIG =
            unmerged(KernelConfig.of(Geometry.micro()).withDebugPercpu(true));

    CacheScenario(String id, String about, String... tasks) {
        super(id, about, tasks);
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    /** A cache of its own; it is not merged, so nobody else's objects are in it. */
    static long cache(Kernel kernel, String name) {
        return create(kernel, kernel.slab().literal(name), OBJECT, 0);
    }

    /**
     * Sees to it that a per-CPU chunk has room for the areas of a coming resize, so that the resize
     * finds its area and does not make a chunk first, which is another story and takes half the
     * steps.
     */
    static void makeRoom(Kernel kernel, int queue) {
        Task boot = kernel.task(0);
        int line = kernel.geometry().cacheLine();
        boolean stats = kernel.config().slab().stats();
        int bytes = KmemCacheCpu.of(stats).areaBytes(queue, line);
        long area = kernel.percpu().alloc(boot, bytes, line);
        if (area == 0) {
            throw new IllegalStateException("the prefix finds no room for a queue of " + queue);
        }
        kernel.percpu().free(boot, area);
    }

    /** Allocates into a task's hand; the prefix relies on getting it. */
    static void grab(Kernel kernel, Hands hands, int task, int cpu, long s) {
        long object = kernel.slab().alloc(kernel.task(cpu), s, Gfp.KERNEL);
        if (object == 0) {
            throw new IllegalStateException("the prefix cannot allocate");
        }
        hands.hold(task, object);
    }

    /** Resizes; a resize that fails would make the scenario pointless, so that is its fault. */
    static void resize(Task self, Trial trial, int queue) {
        int error = trial.kernel().slubq().setCpuQueueSize(self, trial.setup(0), queue);
        if (error != 0) {
            throw new IllegalStateException("the resize failed with " + error);
        }
    }

    /** Frees what the task got last. */
    static void release(Task self, int task, Trial trial, long s) {
        long object = trial.hands().drop(task);
        if (object != 0) {
            trial.kernel().slab().free(self, s, object);
        }
    }

    /** Allocates into the task's hand. */
    static void take(Task self, int task, Trial trial, long s, int gfp) {
        trial.hands().hold(task, trial.kernel().slab().alloc(self, s, gfp));
    }
}
