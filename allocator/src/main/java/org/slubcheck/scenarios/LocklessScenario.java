package org.slubcheck.scenarios;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/**
 * A scenario around one cache of 32-byte objects, few a slab, on the engine whose fast paths turn no
 * irqs off.
 */
abstract class LocklessScenario extends Scenario {
    static final int OBJECT = 32;

    private static final KernelConfig CONFIG =
            unmerged(KernelConfig.of(Geometry.micro()).withEngine("slub-lockless"));

    LocklessScenario(String id, String about, String... tasks) {
        super(id, about, tasks);
    }

    @Override
    public final KernelConfig config() {
        return CONFIG;
    }

    /** A cache with nothing in it. */
    static long cache(Kernel kernel) {
        return create(kernel, kernel.slab().literal("victim"), OBJECT, 0);
    }

    /** All objects of a new slab, which becomes or stays CPU 0's, in the order of its freelist. */
    static Deque<Long> slab(Kernel kernel, long s) {
        Deque<Long> objects = new ArrayDeque<>();
        for (int i = 0; i < KmemCache.ooObjects(KmemCache.oo(kernel.memory(), s)); i++) {
            long object = kernel.slab().alloc(kernel.task(0), s, Gfp.KERNEL);
            if (object == 0) {
                throw new IllegalStateException("the prefix cannot allocate");
            }
            objects.add(object);
        }
        return objects;
    }

    /** Frees from a CPU, in the prefix. */
    static void free(Kernel kernel, int cpu, long s, long object) {
        kernel.slab().free(kernel.task(cpu), s, object);
    }
}
