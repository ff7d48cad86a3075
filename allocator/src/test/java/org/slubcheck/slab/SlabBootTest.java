package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;

/** kmem_cache_init on every shape of machine, and what it leaves behind. */
class SlabBootTest {
    static Stream<KernelConfig> machines() {
        Stream<Geometry> geometries =
                Stream.of(
                        Geometry.micro(),
                        Geometry.small(),
                        Geometry.numa(1),
                        Geometry.numa(2),
                        Geometry.numa(3),
                        Geometry.numa(4),
                        Geometry.small()
                                .withPageSize(256)
                                .withPages(new Geometry.ZonePages(32, 0, 128, 0, 0)),
                        Geometry.numa(2).withPageSize(4096),
                        Geometry.small().withCpus(1),
                        Geometry.small().withCpus(4));
        SlabConfig plain = SlabConfig.defaults();
        return geometries.flatMap(
                g ->
                        Stream.of(
                                        plain,
                                        plain.withDmaLate(true),
                                        plain.withMerge(false),
                                        plain.withSysfs(false),
                                        plain.withStats(g.pageSize() >= 512))
                                .map(c -> KernelConfig.of(g).with(c)));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyMachineBootsWithoutAReport(KernelConfig config) {
        Kernel kernel = Kernel.bootChecked(config, Steps.mainline());
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        assertThat(kernel.slab().state()).isEqualTo(SlabState.SYSFS);
    }

    @Test
    void aStageThatLeavesIrqsOffIsReported() {
        Steps leaky =
                Steps.mainline()
                        .with(
                                SlabSteps.DMA_LATE_LOCK,
                                (k, t, loop) -> {
                                    loop.run();
                                    k.machine().irqDisable(t);
                                });
        KernelConfig config =
                KernelConfig.of(Geometry.small()).with(SlabConfig.defaults().withDmaLate(true));
        assertThat(Kernel.boot(config, leaky).reports())
                .containsExactly("BUG: boot stage LATE returned with irqs off on CPU#0");
    }

    @Test
    void aBootInSeveralPartsIsNotReported() {
        Kernel kernel = Kernel.offChecked(KernelConfig.of(Geometry.small()), Steps.mainline());
        for (Kernel.Stage stage : Kernel.Stage.values()) {
            kernel.bootTo(stage);
        }
        assertThat(kernel.reports()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void structsAreAsLargeAsTheNodesNeed(KernelConfig config) {
        Kernel kernel = Kernel.boot(config);
        Slab slab = kernel.slab();
        int expected =
                config.geometry().numa()
                        ? KmemCache.NODE + 8 * config.geometry().nodes()
                        : KmemCache.NODE + KmemCacheNode.LAYOUT.size();
        assertThat(slab.kmemSize()).isEqualTo(expected);
        assertThat(KmemCache.objsize(kernel.memory(), slab.kmemCache())).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void bootCachesLiveInTheirOwnSlabs(KernelConfig config) {
        Kernel kernel = Kernel.boot(config);
        Slab slab = kernel.slab();
        for (long s : slab.caches()) {
            long page = kernel.pages().headPageOf(s);
            assertThat(PageStruct.isSlab(kernel.memory(), page)).isTrue();
            assertThat(PageStruct.slab(kernel.memory(), page)).isEqualTo(slab.kmemCache());
        }
        assertThat(KmemCache.refcount(kernel.memory(), slab.kmemCache())).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everySizeHasItsCacheAndIdsAreUnique(KernelConfig config) {
        Kernel kernel = Kernel.boot(config);
        Slab slab = kernel.slab();
        for (int size = 1; size <= config.geometry().kmallocMax(); size += 7) {
            long s = slab.kmallocCache(size, Gfp.KERNEL);
            assertThat(KmemCache.objsize(kernel.memory(), s)).isGreaterThanOrEqualTo(size);
            if (config.geometry().pages().dma() > 0) {
                long dma = slab.kmallocCache(size, Gfp.DMA);
                assertThat(KmemCache.objsize(kernel.memory(), dma))
                        .isEqualTo(KmemCache.objsize(kernel.memory(), s));
            }
        }
        Set<String> names = new HashSet<>();
        Sysfs.entries(slab).forEach(e -> assertThat(names.add(e.name())).as(e.name()).isTrue());
        for (Sysfs.Entry entry : Sysfs.entries(slab)) {
            if (entry.name().startsWith(":")) {
                assertThat(entry.name()).isEqualTo(Sysfs.uniqueId(slab, entry.cache()));
            }
        }
    }

    @Test
    void microFitsItsBudgetWithSysfs() {
        assertThat(Kernel.boot(KernelConfig.of(Geometry.micro())).memory().size())
                .isLessThanOrEqualTo(8192);
    }

    @Test
    void aDesktopBoots() {
        Kernel kernel = Kernel.boot(KernelConfig.of(Geometry.desktop(2, 2)));
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        assertThat(kernel.reports()).isEmpty();
        assertThat(kernel.console().lines().stream().map(line -> line.text()))
                .anyMatch(line -> line.startsWith("SLUB: Genslabs=15, HWalign=64, Order=0-3"));
    }

    @ParameterizedTest
    @MethodSource("debugFlags")
    void bootsWithDebugging(long flags) {
        KernelConfig config =
                KernelConfig.of(Geometry.numa(2).withPageSize(4096))
                        .with(SlabConfig.defaults().withDebugFlags(flags));
        Kernel kernel = Kernel.bootChecked(config, Steps.mainline());
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    static List<Long> debugFlags() {
        return List.of(
                SlabFlags.DEBUG_FREE,
                SlabFlags.RED_ZONE,
                SlabFlags.POISON,
                SlabFlags.STORE_USER,
                SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER);
    }

    @ParameterizedTest
    @EnumSource(Faults.Kind.class)
    void whateverFailsAtBootEitherPanicsOrLeavesNoTrace(Faults.Kind kind) {
        for (boolean numa : new boolean[] {false, true}) {
            KernelConfig config =
                    KernelConfig.of(numa ? Geometry.numa(2) : Geometry.micro())
                            .withFaults(true)
                            .with(SlabConfig.defaults().withFailslab(true));
            long attempts = Kernel.boot(config).faults().attempts(kind);
            for (long k = 1; k <= attempts; k++) {
                Kernel kernel = Kernel.offChecked(config, Steps.mainline());
                kernel.faults().failAt(kind, k);
                String as = kind + " #" + k + " numa=" + numa;
                try {
                    kernel.bootTo(Kernel.Stage.RUNNING);
                } catch (KernelDeath death) {
                    assertThat(death.how()).as(as).isNotEqualTo(KernelDeath.Cause.OOPS);
                    continue;
                }
                assertThat(Census.of(kernel, new long[0])).as(as).isEmpty();
            }
        }
    }

    @Test
    void aliasesFromBeforeSysfsAreMadeUpFor() {
        Kernel kernel = Kernel.off(KernelConfig.of(Geometry.small()), Steps.mainline());
        kernel.bootTo(Kernel.Stage.LATE);
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long kept = slab.create(t, "early", 24, 0, 0, 0);
        long keptToo = slab.create(t, "early_alias", 24, 0, 0, 0);
        long gone = slab.create(t, "gone", 40, 0, 0, 0);
        assertThat(slab.create(t, "gone_alias", 40, 0, 0, 0)).isEqualTo(gone);
        slab.destroy(t, gone);
        slab.destroy(t, gone);
        kernel.bootTo(Kernel.Stage.RUNNING);
        assertThat(keptToo).isEqualTo(kept);
        assertThat(Sysfs.lookup(slab, t, "early")).isEqualTo(kept);
        assertThat(Sysfs.lookup(slab, t, "early_alias")).isEqualTo(kept);
        assertThat(Sysfs.lookup(slab, t, "gone_alias")).isZero();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }
}
