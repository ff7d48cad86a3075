package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.AttributeSteps;
import org.slubcheck.slab.CloseSteps;

/** The steps of the NUMA half: each is reached, and wrong code there does harm that is seen. */
class NumaStepsTest {
    static Stream<Step<?>> steps() {
        return Stream.of(
                SlubqNumaSteps.NODE_FITS,
                SlubqNumaSteps.SHARED_TAKE,
                SlubqNumaSteps.AREA_SIZE,
                SlubqNumaSteps.FORGET,
                SlubqNumaSteps.REMOTE_TAKE,
                SlubqNumaSteps.ALIEN_RELOAD,
                SlubqNumaSteps.RECONFIGURE,
                SlubqNumaSteps.SLIDE,
                SlubqNumaSteps.NEXT,
                SlubqNumaSteps.OFFSET,
                SlubqNumaSteps.SKIP_QUEUE,
                SlubqNumaSteps.EXPIRE_QUEUE_LOCK,
                SlubqNumaSteps.EXPIRE_BY_HAND,
                SlubqNumaSteps.EXPIRE_ALL,
                SlubqNumaSteps.BATCH_CLAMP,
                SlubqNumaSteps.EARLY_SIZE,
                NodeSteps.REMOTE_FLAGS,
                NodeSteps.NEW_SLAB_FLAGS,
                LookSteps.SHOWN,
                CloseSteps.LOCK,
                CloseSteps.AREAS,
                AttributeSteps.DEBUG_FLAG);
    }

    /** One machine's life, with everything in it. */
    private static NumaRig live(Steps steps) {
        NumaRig rig = NumaRig.on(NumaRig.geometry(2, 4, 2), NumaRig.config(), steps);
        for (int i = 0; i < 80; i++) {
            rig.alloc(i % 4, i % 3 - 1);
        }
        rig.freeAll(0);
        for (int i = 0; i < 6; i++) {
            rig.engine.expire(rig.task(0), rig.s, -1);
            rig.engine.expireAll(rig.task(1), -1);
        }
        rig.store("alien_queue_size", "20");
        rig.store("cpu_queue_size", "12");
        rig.show("shared_caches");
        rig.show("alien_caches");
        rig.store("trace", "1");
        rig.alloc(3, -1);
        rig.freeAll(3);
        return rig;
    }

    @ParameterizedTest
    @MethodSource("steps")
    void everyStepIsReached(Step<?> step) {
        int[] reached = {0};
        NumaRig rig = live(Steps.mainline().watching(step, () -> reached[0]++));
        rig.kernel.slab().destroy(rig.task(0), rig.s);
        assertThat(reached[0]).isPositive();
        rig.assertSound();
    }

    @Test
    void namesAreUnique() {
        assertThat(steps().map(Step::name)).doesNotHaveDuplicates();
    }

    /** The reviewed series: right on 2 nodes, whose block kmalloc has a cache for, wrong on 4. */
    @Test
    void aWrongPageSizeShowsOnFourNodesAndNotOnTwo() {
        Steps bad =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.AREA_SIZE,
                                (k, needed) ->
                                        needed <= k.geometry.pageSize() / 2
                                                ? SharedCache.areaBytes(k, needed)
                                                : (long) k.geometry.pageShift()
                                                        << SharedCache.order(k, needed));
        Map<Integer, List<String>> found = new TreeMap<>();
        for (int nodes : new int[] {2, 4}) {
            Geometry g =
                    Geometry.desktop(2 * nodes, nodes)
                            .withPages(new ZonePages(64, 0, 512, 0, 0))
                            .withPercpuEarlySize(64 << 10);
            List<String> wrong;
            try {
                Kernel kernel = Kernel.boot(KernelConfig.of(g).with(NumaRig.config()), bad);
                wrong = Census.of(kernel, new long[0]);
            } catch (KernelDeath | ArrayIndexOutOfBoundsException death) {
                wrong = List.of(String.valueOf(death.getMessage()));
            }
            found.put(nodes, wrong);
        }
        assertThat(found.get(2)).isEmpty();
        assertThat(found.get(4)).isNotEmpty();
    }

    @Test
    void anUncheckedEmptinessPopsTheWordBelow() {
        Steps bad =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.SHARED_TAKE,
                                (k, t, s, c) -> {
                                    long l = SharedCache.of(k, c);
                                    if (l == 0 || !k.slab().nameOf(s).equals("test")) {
                                        return SharedCache.take(k, t, s, c);
                                    }
                                    // As if another CPU had emptied it since the look.
                                    SharedCache.takeHottest(k, t, s, k.queueOf(c), l);
                                    return true;
                                });
        NumaRig rig = NumaRig.on(NumaRig.geometry(1, 2, 1), NumaRig.config(), bad);
        long object = rig.alloc(0, -1);
        assertThat(object).as("the shared pointer itself").isEqualTo(rig.shared(0));
        assertThat(Census.of(rig.kernel, new long[] {object}))
                .anyMatch(w -> w.contains("holds more objects (-1)"));
    }

    @Test
    void alienQueuesOfANewShiftAreNotWhereTheOldOnesWere() {
        Steps bad =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.RECONFIGURE,
                                (k, t, s, shift) -> {
                                    AlienCache.setShift(k, s, shift);
                                    SharedCache.remove(k, t, s);
                                    SharedCache.alloc(k, t, s);
                                });
        NumaRig rig = NumaRig.on(NumaRig.geometry(2, 4, 2), NumaRig.config(), bad);
        rig.free(0, rig.alloc(1, 1));
        try {
            rig.store("alien_queue_size", "60");
            List<String> wrong = Census.of(rig.kernel, new long[0]);
            wrong.addAll(rig.kernel.reports());
            assertThat(wrong).isNotEmpty();
        } catch (KernelDeath death) {
            assertThat(rig.kernel.reports()).isNotEmpty();
        }
    }

    @Test
    void theReserveOfEarlyBootIsHeldAgainstWholeAreas() {
        String line = "PERCPU_DYNAMIC_EARLY_SIZE";
        Geometry tight =
                Geometry.desktop(2, 1)
                        .withPages(new ZonePages(64, 0, 512, 0, 0))
                        .withPercpuEarlySize(4096);
        KernelConfig config = KernelConfig.of(tight);
        Steps wrong =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.EARLY_SIZE,
                                (layout, queue, cacheLine) -> layout.layout().size());
        assertThat(dmesg(config, Steps.mainline())).contains(line).contains("panic");
        assertThat(dmesg(config, wrong)).doesNotContain(line).contains("panic");
        assertThat(dmesg(config.with(tight.withPercpuEarlySize(64 << 10)), Steps.mainline()))
                .doesNotContain(line)
                .doesNotContain("panic");
    }

    private static String dmesg(KernelConfig config, Steps steps) {
        Kernel kernel = Kernel.off(config, steps);
        try {
            kernel.bootTo(Kernel.Stage.RUNNING);
        } catch (KernelDeath death) {
            // What it said is judged.
            assertThat(death).isNotNull();
        }
        StringBuilder text = new StringBuilder();
        kernel.console().lines().forEach(each -> text.append(each.text()).append('\n'));
        return text.toString();
    }

    /** A copy from the top down, as memcpy may do it. */
    @Test
    void aSlideByMemcpyDuplicatesAndLosesObjects() {
        Steps bad =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.SLIDE,
                                (m, q, dropped) -> {
                                    int left = KmemCacheQueue.objects(m, q) - dropped;
                                    for (int i = left - 1; i >= 0; i--) {
                                        move(m, q, i, i + dropped);
                                    }
                                    KmemCacheQueue.setObjects(m, q, left);
                                });
        NumaRig rig = NumaRig.on(NumaRig.geometry(1, 2, 1), NumaRig.config(), bad);
        rig.store("cpu_queue_size", "40");
        rig.store("shared_queue_size", "0");
        for (int i = 0; i < 100; i++) {
            rig.alloc(0, -1);
        }
        rig.engine.setBatchSize(rig.task(0), rig.s, 4);
        rig.freeAll(0);
        List<String> wrong = Census.of(rig.kernel, new long[0]);
        assertThat(wrong).anyMatch(w -> w.contains("lost"));
    }

    private static void move(Memory m, long q, int to, int from) {
        m.write(KmemCacheQueue.slot(q, to), m.read(KmemCacheQueue.slot(q, from)));
    }
}
