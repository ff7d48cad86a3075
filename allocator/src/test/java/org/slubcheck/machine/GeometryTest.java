package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Geometry.ZonePages;

final class GeometryTest {
    private static final Geometry SMALL = Geometry.small();

    private static void mustBeRefused(Runnable maker, String word) {
        assertThatThrownBy(maker::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(word);
    }

    @Test
    void presetsHaveTheSizesTheyPromise() {
        assertThat(bytes(Geometry.micro())).isLessThanOrEqualTo(8 << 10);
        assertThat(bytes(Geometry.small())).isLessThanOrEqualTo(64 << 10);
        assertThat(Geometry.micro().cpus()).isEqualTo(2);
        assertThat(Geometry.numa(4).nodes()).isEqualTo(4);
        assertThat(Geometry.numa(4).cpus()).isEqualTo(4);
        assertThat(Geometry.numa(1).cpus()).isEqualTo(2);
        assertThat(Geometry.desktop(8, 2).pageSize()).isEqualTo(4096);
    }

    private static long bytes(Geometry geometry) {
        return (long) geometry.totalPages() * geometry.pageSize();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void cpusAndNodesInRange(int n) {
        assertThat(SMALL.withCpus(n).cpus()).isEqualTo(n);
        assertThat(Geometry.numa(n).nodes()).isEqualTo(n);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65, Integer.MAX_VALUE})
    void cpusAndNodesOutOfRange(int n) {
        mustBeRefused(() -> SMALL.withCpus(n), "cpus");
        mustBeRefused(() -> Geometry.desktop(2, n), "nodes");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void pageSizesInRange(int bytes) {
        assertThat(SMALL.withPageSize(bytes).pageShift())
                .isEqualTo(Integer.numberOfTrailingZeros(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -4096, 64, 1000, Integer.MIN_VALUE})
    void pageSizesOutOfRange(int bytes) {
        mustBeRefused(() -> SMALL.withPageSize(bytes), "page size");
    }

    @Test
    void otherRanges() {
        mustBeRefused(() -> shaped(true, 2, 24, 4, 16, 512), "cache line");
        mustBeRefused(() -> shaped(true, 2, 4, 4, 16, 512), "cache line");
        mustBeRefused(() -> shaped(true, 2, 32, 0, 16, 512), "maxOrder");
        mustBeRefused(() -> shaped(true, 2, 32, 12, 16, 512), "maxOrder");
        mustBeRefused(() -> shaped(true, 2, 32, 4, 4, 512), "kmallocMin");
        mustBeRefused(() -> shaped(true, 2, 32, 4, 24, 512), "kmallocMin");
        mustBeRefused(() -> shaped(true, 2, 32, 4, 64, 32), "kmallocMax");
        mustBeRefused(() -> shaped(true, 2, 32, 4, 16, 2048), "kmallocMax");
        mustBeRefused(() -> shaped(false, 2, 32, 4, 16, 512), "NUMA");
        assertThat(shaped(true, 2, 32, 4, 16, 1024).kmallocMax()).isEqualTo(1024);
        assertThat(shaped(false, 1, 8, 11, 8, 8).maxOrder()).isEqualTo(11);
    }

    private static Geometry shaped(
            boolean numa, int nodes, int cacheLine, int maxOrder, int kmallocMin, int kmallocMax) {
        return new Geometry(
                "test",
                2,
                nodes,
                numa,
                512,
                cacheLine,
                maxOrder,
                new ZonePages(0, 0, 8, 0, 0),
                kmallocMin,
                kmallocMax,
                256,
                16);
    }

    @Test
    void cpusAreDealtToNodes() {
        Geometry four = Geometry.numa(4).withCpus(6);
        assertThat(four.nodeOfCpu(0)).isZero();
        assertThat(four.nodeOfCpu(5)).isEqualTo(1);
    }

    @Test
    void cpusAreDealtToLastLevelCachesOneANodeWhereNotSaidOtherwise() {
        Geometry four = Geometry.numa(4).withCpus(8);
        assertThat(four.cacheGroups()).isEqualTo(4);
        for (int cpu = 0; cpu < 8; cpu++) {
            assertThat(four.groupOfCpu(cpu)).isEqualTo(four.nodeOfCpu(cpu));
        }
        Geometry split = four.withCacheGroups(8);
        assertThat(split.groupOfCpu(0)).isNotEqualTo(split.groupOfCpu(4));
        assertThat(split.withCpus(2).cacheGroups()).isEqualTo(8);
        mustBeRefused(() -> four.withCacheGroups(0), "cacheGroups");
        mustBeRefused(() -> four.withCacheGroups(65), "cacheGroups");
    }

    @Test
    void aCpuWithoutMemoryUsesTheNearestNodeThatHasSome() {
        Geometry three = Geometry.numa(3);
        assertThat(three.memNodeOfCpu(2)).isEqualTo(2);
        Geometry bare = three.withPages(new ZonePages(16, 0, 0, 0, 0));
        assertThat(bare.hasNormalMemory(0)).isTrue();
        assertThat(bare.hasNormalMemory(1)).isFalse();
        assertThat(bare.memNodeOfCpu(2)).isZero();
    }

    @Test
    void distanceIsAMetricWithTenAtHome() {
        Geometry four = Geometry.numa(4);
        for (int a = 0; a < 4; a++) {
            assertThat(four.distance(a, a)).isEqualTo(10);
            for (int b = 0; b < 4; b++) {
                assertThat(four.distance(a, b))
                        .isEqualTo(four.distance(b, a))
                        .isGreaterThanOrEqualTo(10);
            }
        }
    }

    @Test
    void onlyNodeZeroHasTheDmaZones() {
        Geometry two = Geometry.numa(2).withPages(new ZonePages(1, 2, 4, 8, 16));
        assertThat(two.pages().ofNode(0)).isEqualTo(31);
        assertThat(two.pages().ofNode(1)).isEqualTo(28);
        assertThat(two.totalPages()).isEqualTo(59);
    }

    /** The zones by number, as the constructor has them, each changed for itself. */
    @Test
    void pagesOfOneZoneAreChangedAlone() {
        Geometry.ZonePages pages = new Geometry.ZonePages(1, 2, 3, 4, 5);
        for (int zone = 0; zone < 5; zone++) {
            Geometry.ZonePages more = pages.with(zone, 100);
            for (int other = 0; other < 5; other++) {
                assertThat(more.ofZone(other)).isEqualTo(other == zone ? 100 : other + 1);
            }
        }
        assertThat(pages.with(2, 9)).isEqualTo(new Geometry.ZonePages(1, 2, 9, 4, 5));
    }
}
