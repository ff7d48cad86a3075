package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.slubcheck.machine.Geometry;

/** Areas are aligned, zeroed, apart and conserved, before and after slab is up. */
class PercpuPropertiesTest {
    /** The small machine with so few slots that they run out as readily as the bytes. */
    private static final Geometry FEW_SLOTS =
            new Geometry(
                    "few slots",
                    2,
                    1,
                    true,
                    512,
                    32,
                    4,
                    Geometry.small().pages(),
                    16,
                    512,
                    2048,
                    12);

    /** An allocation when size is positive, else a free; LATE brings slab up, and then the late map. */
    record Op(int size, int align, int victim) {
        static final Op LATE = new Op(0, 0, -1);
    }

    @Provide
    Arbitrary<List<Op>> ops() {
        Arbitrary<Integer> align = Arbitraries.of(1, 4, 8, 16, 64, 256);
        Arbitrary<Integer> size =
                Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.integers().between(1, 64)),
                        Tuple.of(2, Arbitraries.integers().between(65, 900)),
                        Tuple.of(5, Arbitraries.just(-1)));
        Arbitrary<Op> op =
                Combinators.combine(size, align, Arbitraries.integers().between(0, 999))
                        .as(Op::new);
        return Arbitraries.frequencyOf(Tuple.of(60, op), Tuple.of(3, Arbitraries.just(Op.LATE)))
                .list()
                .ofMaxSize(200);
    }

    @Property(tries = 150)
    void areasAreApartAndConserved(@ForAll("ops") List<Op> ops) {
        MmMachine k = MmMachine.checked(FEW_SLOTS);
        TreeMap<Long, Integer> held = new TreeMap<>();
        long freePages = k.pages.freePages();
        boolean late = false;
        for (Op op : ops) {
            if (op.equals(Op.LATE)) {
                if (k.slab.up && !late) {
                    k.percpu.initLate(k.task);
                    k.percpu.freeInitmem();
                    late = true;
                }
                k.slab.up = true;
            } else if (op.size > 0) {
                allocate(k, held, op);
            } else if (!held.isEmpty()) {
                free(k, held, op.victim);
            }
            assertThat(k.percpu.check()).isNull();
            assertThat(k.percpu.allocatedBytes())
                    .isEqualTo(held.values().stream().mapToLong(Integer::longValue).sum());
        }
        while (!held.isEmpty()) {
            free(k, held, 7);
        }
        assertThat(k.percpu.check()).isNull();
        assertThat(k.percpu.allocatedBytes()).isZero();
        assertThat(k.percpu.chunks()).containsExactly(k.percpuWiring.firstChunk());
        assertThat(k.reports()).allMatch(report -> report.contains("pcpu_mem_alloc"));
        // What is left is the map of the first chunk, if it is not that in init data.
        long map = k.memory.peek(k.percpuWiring.firstChunk() + PcpuChunk.MAP);
        assertThat(k.slab.live.keySet().stream().filter(object -> object != map)).isEmpty();
        assertThat(k.slab.live.containsKey(map) || !late).isTrue();
        assertThat(k.pages.freePages()).isEqualTo(freePages - mapPages(k));
    }

    private static void allocate(MmMachine k, TreeMap<Long, Integer> held, Op op) {
        long area = k.percpu.alloc(k.task, op.size, op.align);
        if (area == 0) {
            return;
        }
        int size = op.size + 7 & -8;
        assertThat(area % op.align).isZero();
        assertThat(k.percpu.perCpuPtr(area, 1) % op.align).isZero();
        Map.Entry<Long, Integer> below = held.lowerEntry(area);
        Long above = held.higherKey(area);
        assertThat(held).doesNotContainKey(area);
        assertThat(below == null || below.getKey() + below.getValue() <= area).isTrue();
        assertThat(above == null || area + size <= above).isTrue();
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            for (int i = 0; i < size; i += 8) {
                assertThat(k.memory.read(k.percpu.perCpuPtr(area, cpu) + i)).isZero();
                k.memory.write(k.percpu.perCpuPtr(area, cpu) + i, area + i);
            }
        }
        held.put(area, size);
        assertThat(k.percpu.isAllocated(area)).isTrue();
    }

    private static void free(MmMachine k, TreeMap<Long, Integer> held, int victim) {
        long area = List.copyOf(held.keySet()).get(victim % held.size());
        int size = held.remove(area);
        for (int i = 0; i < size; i += 8) {
            assertThat(k.memory.read(k.percpu.perCpuPtr(area, 1) + i)).isEqualTo(area + i);
        }
        k.percpu.free(k.task, area);
        assertThat(k.percpu.isAllocated(area)).isFalse();
    }

    private static long mapPages(MmMachine k) {
        return k.slab.live.values().stream().mapToLong(order -> 1L << order).sum();
    }
}
