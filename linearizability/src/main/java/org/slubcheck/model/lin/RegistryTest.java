package org.slubcheck.model.lin;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.KmemCache;

/**
 * The list of caches as a registry: kinds of caches that are created, shared by a second creation of
 * the same kind, looked up and destroyed.
 */
@Param(name = "cpu", gen = IntGen.class)
@Param(name = "kind", gen = IntGen.class)
public class RegistryTest {
    private static final int[] SIZES = {24, 40};
    private static final int TENS = 10;

    private final Bench bench = Bench.start();
    private final long[][] mine = new long[2][SIZES.length];

    /** kmem_cache_create of a kind, new or as an alias: 1, or 0 when refused. */
    @Operation
    public int create(int cpu, int kind) {
        Task task = bench.task(cpu);
        mine[cpu][kind] =
                bench.kernel().slab().create(task, Bench.kindName(kind), SIZES[kind], 0, 0, 0);
        return mine[cpu][kind] == 0 ? 0 : 1;
    }

    /** kmem_cache_destroy of what this CPU created: 1, or 0 when it has none. */
    @Operation
    public int destroy(int cpu, int kind) {
        long s = mine[cpu][kind];
        if (s == 0) {
            return 0;
        }
        mine[cpu][kind] = 0;
        bench.kernel().slab().destroy(bench.task(cpu), s);
        return 1;
    }

    /** How many references the caches of both kinds have, as one look at the list shows. */
    @Operation
    public int lookup(int cpu) {
        Task task = bench.task(cpu);
        bench.kernel().slab().downRead(task, "s_start");
        int seen = references(0) * TENS;
        between(task);
        seen += references(1);
        bench.kernel().slab().upRead(task);
        return seen;
    }

    /** What a look does between the two kinds: keeps the lock. */
    void between(Task task) {}

    private int references(int kind) {
        Kernel kernel = bench.kernel();
        Memory m = kernel.memory();
        long head = kernel.slab().wiring().slabCaches();
        for (long entry = ListHead.next(m, head); entry != head; entry = ListHead.next(m, entry)) {
            long s = entry - KmemCache.LIST;
            if (m.readOnceInt(s + KmemCache.OBJSIZE) == SIZES[kind]) {
                return KmemCache.refcount(m, s);
            }
        }
        return 0;
    }

    /** The object size of a kind. */
    static int size(int kind) {
        return SIZES[kind];
    }

    final Bench bench() {
        return bench;
    }

    /** Nothing is wrong beyond results either. */
    @Validate
    public void validate() {
        Verifying.settle(bench, true);
    }

    /** A look that drops slub_lock half way: sees a state that never was. */
    public static final class Torn extends RegistryTest {
        @Override
        void between(Task task) {
            bench().kernel().slab().upRead(task);
            bench().kernel().slab().downRead(task, "s_start");
        }
    }

    /** The sequential specification: a count for each kind. */
    public static class Specification {
        private final int[] references = {1, 1};
        private final boolean[][] mine = new boolean[2][SIZES.length];

        /** As {@link RegistryTest#create}. */
        public int create(int cpu, int kind) {
            references[kind]++;
            mine[cpu][kind] = true;
            return 1;
        }

        /** As {@link RegistryTest#destroy}. */
        public int destroy(int cpu, int kind) {
            if (!mine[cpu][kind]) {
                return 0;
            }
            mine[cpu][kind] = false;
            references[kind]--;
            return 1;
        }

        /** As {@link RegistryTest#lookup}. */
        public int lookup(int cpu) {
            return references[0] * TENS + references[1];
        }
    }
}
