package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.timeline.Symbolizer;

/**
 * What shared and alien queues save in locks, counted: objects of 64 bytes that one CPU allocates and
 * others free, 64 in flight, as in the benchmark of the same patterns. CPUs 0 and 2 are on one node and
 * share a cache, 1 and 3 on another. The counts are the same on every machine.
 */
class QueueLocksTest {
    private static final int CPUS = 4;
    private static final int IN_FLIGHT = 64;
    private static final int ROUNDS = 128;

    /** What a lock guards. */
    private enum Guarded {
        LIST,
        SLAB,
        QUEUE
    }

    private enum Queues {
        PERCPU,
        SHARED,
        ALIEN
    }

    /** How often locks of each kind were taken for a thousand objects, allocated and freed. */
    private static Map<Guarded, Integer> locks(Queues queues, int... freeing) {
        Geometry g = Geometry.desktop(CPUS, 2).withPages(new Geometry.ZonePages(64, 0, 960, 0, 0));
        KernelConfig config = KernelConfig.of(g);
        config = config.with(config.slab().withSharedQueues(queues != Queues.PERCPU));
        Kernel kernel = Kernel.bootChecked(config, Steps.mainline());
        Slab slab = kernel.slab();
        Task[] cpus = new Task[CPUS];
        for (int cpu = 0; cpu < CPUS; cpu++) {
            cpus[cpu] = kernel.task(cpu);
        }
        long cache = slab.kmallocCache(64, Gfp.KERNEL);
        if (queues == Queues.SHARED) {
            assertThat(kernel.slubq().setAlienQueueSize(cpus[0], cache, 0)).isZero();
        }
        Symbolizer names = new Symbolizer(kernel);
        CheckedMemory memory = kernel.checked();
        Map<Guarded, Integer> taken = new EnumMap<>(Guarded.class);
        // The first half fills the queues.
        for (int round = 0; round < ROUNDS; round++) {
            exchange(kernel, cpus, cache, freeing);
        }
        memory.startLog(false);
        for (int round = 0; round < ROUNDS; round++) {
            exchange(kernel, cpus, cache, freeing);
        }
        memory.stopLog();
        count(memory.log(), names, taken);
        assertThat(kernel.reports()).isEmpty();
        taken.replaceAll((guarded, n) -> Math.round(n * 1000f / (ROUNDS * IN_FLIGHT)));
        return taken;
    }

    private static void exchange(Kernel kernel, Task[] cpus, long cache, int[] freeing) {
        long[] held = new long[IN_FLIGHT];
        kernel.memory().runs(cpus[0]);
        for (int i = 0; i < IN_FLIGHT; i++) {
            held[i] = kernel.slab().alloc(cpus[0], cache, Gfp.KERNEL);
        }
        int share = IN_FLIGHT / freeing.length;
        for (int i = 0; i < IN_FLIGHT; i++) {
            Task task = cpus[freeing[i / share]];
            kernel.memory().runs(task);
            kernel.slab().free(task, cache, held[i]);
        }
    }

    private static void count(AccessLog log, Symbolizer names, Map<Guarded, Integer> taken) {
        assertThat(log.dropped()).isZero();
        Map<Long, String> known = new HashMap<>();
        for (Guarded guarded : Guarded.values()) {
            taken.put(guarded, 0);
        }
        for (int i = 0; i < log.size(); i++) {
            if (log.kind(i) == AccessLog.Kind.CMPXCHG_OK) {
                Guarded guarded = guarded(known.computeIfAbsent(log.address(i), names::name));
                if (guarded != null) {
                    taken.merge(guarded, 1, Integer::sum);
                }
            }
        }
    }

    private static Guarded guarded(String name) {
        if (name.startsWith("page#") && name.endsWith(" flags")) {
            return Guarded.SLAB;
        }
        if (name.endsWith("list_lock")) {
            return Guarded.LIST;
        }
        return name.startsWith("kmalloc-64 ") && name.endsWith(" lock") ? Guarded.QUEUE : null;
    }

    @Test
    void aSharedQueueKeepsWhoFreesOnTheSameNodeAwayFromSlabs() {
        Map<Guarded, Integer> percpu = locks(Queues.PERCPU, 2);
        Map<Guarded, Integer> shared = locks(Queues.SHARED, 2);
        assertThat(percpu.get(Guarded.LIST)).isPositive();
        assertThat(percpu.get(Guarded.SLAB)).isPositive();
        assertThat(shared.get(Guarded.LIST)).isZero();
        assertThat(shared.get(Guarded.SLAB)).isZero();
        assertThat(4 * shared.get(Guarded.QUEUE))
                .isLessThan(percpu.get(Guarded.LIST) + percpu.get(Guarded.SLAB));
    }

    @Test
    void aSharedQueueIsOfNoUseToWhoFreesOnAnotherNode() {
        assertThat(locks(Queues.SHARED, 1)).isEqualTo(locks(Queues.PERCPU, 1));
    }

    /** And each object costs a lock of the alien queue, which CPUs of one group alone want. */
    @Test
    void anAlienQueueTakesTheLockOfASlabForManyObjectsAtOnce() {
        Map<Guarded, Integer> percpu = locks(Queues.PERCPU, 1);
        Map<Guarded, Integer> alien = locks(Queues.ALIEN, 1);
        assertThat(percpu.get(Guarded.SLAB)).isGreaterThan(1000);
        assertThat(8 * alien.get(Guarded.SLAB)).isLessThan(percpu.get(Guarded.SLAB));
        assertThat(alien.get(Guarded.QUEUE)).isEqualTo(1000);
    }
}
