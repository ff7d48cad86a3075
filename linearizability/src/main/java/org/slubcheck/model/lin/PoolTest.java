package org.slubcheck.model.lin;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/** One cache as a pool of objects whose queues can be resized. */
@Param(name = "cpu", gen = IntGen.class)
@Param(name = "objects", gen = IntGen.class)
public class PoolTest {
    private final Bench bench = Bench.start();

    /** kmem_cache_alloc: 1 for an object, 0 for none, -1 for one that somebody holds. */
    @Operation
    public int alloc(int cpu) {
        Task task = bench.task(cpu);
        return bench.took(cpu, bench.kernel().slab().alloc(task, bench.pool(), Gfp.ATOMIC));
    }

    /** kmem_cache_free of what this CPU got last: 1, or 0 when it holds nothing. */
    @Operation
    public int free(int cpu) {
        Task task = bench.task(cpu);
        long object = bench.gives(cpu);
        if (object == 0) {
            return 0;
        }
        bench.kernel().slab().free(task, bench.pool(), object);
        return 1;
    }

    /** Writes cpu_queue_size; 0 or a negative errno. */
    @Operation
    public int resize(int cpu, int objects) {
        Task task = bench.task(cpu);
        return bench.kernel().slubq().setCpuQueueSize(task, bench.pool(), objects);
    }

    /** Reads cpu_queue_size. */
    @Operation
    public int queueSize(int cpu) {
        Task task = bench.task(cpu);
        bench.kernel().slab().downRead(task, "cpu_queue_size_show");
        int size = KmemCache.queue(bench.kernel().memory(), bench.pool());
        bench.kernel().slab().upRead(task);
        return size;
    }

    /** Nothing is wrong beyond results either. */
    @Validate
    public void validate() {
        Verifying.settle(bench, judged());
    }

    boolean judged() {
        return true;
    }

    /** The same, judged by its results alone. */
    public static final class ResultsOnly extends PoolTest {
        @Override
        boolean judged() {
            return false;
        }
    }

    /** The sequential specification: a pool that is never empty. */
    public static class Specification {
        /** The queue size that a cache starts with. */
        public static final int START = 4;

        private final int[] held = {1, 1};
        private int queue = START;

        /** As {@link PoolTest#alloc}. */
        public int alloc(int cpu) {
            held[cpu]++;
            return 1;
        }

        /** As {@link PoolTest#free}. */
        public int free(int cpu) {
            if (held[cpu] == 0) {
                return 0;
            }
            held[cpu]--;
            return 1;
        }

        /** As {@link PoolTest#resize}. */
        public int resize(int cpu, int objects) {
            queue = objects;
            return 0;
        }

        /** As {@link PoolTest#queueSize}. */
        public int queueSize(int cpu) {
            return queue;
        }
    }
}
