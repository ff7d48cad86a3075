package org.slubcheck.slub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.SlabFlags;

/** Transaction ids, and fast paths that are moved from CPU to CPU. */
class LocklessSlubTest {
    private static final int CPUS = 6;

    private final Kernel kernel =
            Kernel.bootChecked(
                    KernelConfig.of(Geometry.desktop(CPUS, 2)).withEngine("slub-lockless"),
                    Steps.mainline());
    private final Memory m = kernel.memory();
    private final long s = kernel.slab().create(kernel.task(0), "own", 72, 0, 0, 0);

    private int tid(int cpu) {
        long c = kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), cpu);
        return DoubleWord.count(m.peek(c + LocklessCpu.FREELIST_TID));
    }

    @Test
    void noTwoCpusEverHaveTheSameTid() {
        Set<Integer> seen = new HashSet<>();
        List<Long> held = new ArrayList<>();
        for (int cpu = 0; cpu < CPUS; cpu++) {
            assertThat(tid(cpu)).isEqualTo(cpu);
            for (int i = 0; i < 20; i++) {
                assertThat(seen.add(tid(cpu))).as("tid %d of CPU %d", tid(cpu), cpu).isTrue();
                Task t = kernel.task(cpu);
                if (i % 3 == 2) {
                    kernel.slab().free(t, s, held.remove(held.size() - 1));
                } else {
                    held.add(kernel.slab().alloc(t, s, Gfp.KERNEL));
                }
            }
        }
        clean(held);
    }

    @Test
    void anObjectIsClearedOnceHoweverOftenItsFreeStartsOver() {
        boolean[] fails = new boolean[1];
        Steps steps =
                Steps.mainline()
                        .with(
                                LocklessSteps.COMMIT,
                                (memory, word, seen, freelist, step) -> {
                                    boolean failsNow = fails[0];
                                    fails[0] = false;
                                    return !failsNow
                                            && LocklessSteps.COMMIT
                                                    .mainline()
                                                    .exchange(memory, word, seen, freelist, step);
                                });
        KernelConfig micro = KernelConfig.of(Geometry.micro()).withEngine("slub-lockless");
        Kernel clearing =
                Kernel.bootChecked(
                        micro.with(micro.slab().withInit(new MemInit(false, true))), steps);
        Task t = clearing.task(0);
        long object = clearing.slab().kmalloc(t, 24, Gfp.KERNEL);
        fails[0] = true;
        clearing.slab().kfree(t, object);
        assertThat(fails[0]).as("the comparison failed once").isFalse();
        assertThat(clearing.reports()).isEmpty();
    }

    @Test
    void aStepIsAPowerOfTwoThatIsEnoughForAllCpus() {
        assertThat(List.of(1, 2, 3, 4, 5, 6, 8, 64).stream().map(LocklessCpu::tidStep))
                .containsExactly(1, 2, 4, 4, 8, 8, 8, 64);
    }

    @Test
    void whoIsMovedStartsAgainWhereHeIs() {
        List<Long> held = new ArrayList<>();
        for (int cpu = 0; cpu < 2; cpu++) {
            held.add(kernel.slab().alloc(kernel.task(cpu), s, Gfp.KERNEL));
        }
        int before = tid(0);
        Task moved = Task.on(0).migratingTo(0, 1);
        m.runs(moved);
        held.add(kernel.slab().alloc(moved, s, Gfp.KERNEL));
        assertThat(moved.cpu()).isEqualTo(1);
        assertThat(tid(0)).as("nothing happened to the CPU that was left").isEqualTo(before);
        assertThat(kernel.pages().headPageOf(held.get(2)))
                .isEqualTo(kernel.pages().headPageOf(held.get(1)));
        clean(held);
    }

    /** Requests for one node and another in turn: the chain of the CPU stays as short as it may be. */
    @Test
    void aCpuKeepsNoSlabsOfANodeThatIsNotAskedFor() {
        Task t = kernel.task(0);
        LocklessSlub engine = (LocklessSlub) kernel.slab().engine();
        long large = kernel.slab().create(t, "large", 512, 0, SlabFlags.DESTROY_BY_RCU, 0);
        int perSlab = KmemCache.ooObjects(m.peek(large + KmemCache.OO));
        List<Long> held = new ArrayList<>();
        Set<Long> slabs = new HashSet<>();
        for (int i = 0; i < 2 * 30 * perSlab; i++) {
            held.add(kernel.slab().allocNode(t, large, Gfp.KERNEL, i % 2));
        }
        // Each slab has one object to give, so that a refill takes several.
        for (long object : List.copyOf(held)) {
            if (slabs.add(kernel.pages().headPageOf(object))) {
                held.remove(object);
                kernel.slab().free(t, large, object);
            }
        }
        engine.flushAll(t, large);
        int most = 0;
        for (int i = 0; i < 20; i++) {
            held.add(kernel.slab().allocNode(t, large, Gfp.KERNEL, i % 2));
            most = Math.max(most, CpuPartial.objects(engine, engine.area(large, 0)));
        }
        // s->cpu_partial of 13, half of it, and what the last slab has beyond.
        assertThat(most).isPositive().isLessThanOrEqualTo(13 / 2 + 1);
        clean(held);
    }

    @Test
    void aTidComesRound() {
        long at = kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), 0);
        m.writeOnce(at, DoubleWord.of(0x128, -3));
        DoubleWord.addCount(m, at, 8);
        assertThat(DoubleWord.count(m.peek(at))).isEqualTo(5);
        assertThat(DoubleWord.peekPointer(m, at)).isEqualTo(0x128);
        assertThat(DoubleWord.cmpxchg(m, at, DoubleWord.of(0x128, -3), 0)).isFalse();
        assertThat(DoubleWord.cmpxchg(m, at, DoubleWord.of(0x128, 5), DoubleWord.of(0, 13)))
                .isTrue();
        clean(List.of());
    }

    /** The fields that the slow paths share are where they expect them. */
    @Test
    void theAreaBeginsAsThatOf2636() {
        for (boolean stats : new boolean[] {false, true}) {
            assertThat(LocklessCpu.of(stats).offset("page")).isEqualTo(KmemCacheCpu.PAGE);
            assertThat(LocklessCpu.of(stats).offset("node")).isEqualTo(KmemCacheCpu.NODE);
        }
        assertThat(LocklessCpu.of(true).offset("stat") % Memory.WORD).isZero();
    }

    private void clean(List<Long> held) {
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray())).isEmpty();
    }
}
