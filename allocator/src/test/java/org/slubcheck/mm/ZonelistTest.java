package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/** Where pages come from: two pages in each zone, taken one by one until there is none. */
class ZonelistTest {
    private static final Geometry.ZonePages ALL_ZONES = new Geometry.ZonePages(2, 2, 2, 2, 2);

    @ParameterizedTest
    @CsvSource({
        // flags, then node and zone in the order in which they are used up, from CPU 1 on node 1
        "0x0, '1N 2N 0N 0D32 0D'",
        "0x1, '0D'",
        "0x4, '0D32 0D'",
        "0x2, '1H 1N 2H 2N 0H 0N 0D32 0D'",
        "0xa, '1M 1H 1N 2M 2H 2N 0M 0H 0N 0D32 0D'",
        "0x40002, '1H 1N'",
        "0x40001, ''",
    })
    void zonesAreUsedUpByDistanceThenDownwards(String gfp, String expected) {
        Geometry geometry = Geometry.numa(3).withPages(ALL_ZONES);
        MmMachine k = MmMachine.checked(geometry);
        // From node 1 the nodes 0 and 2 are equally far; 2 comes first, as it is the next one on.
        assertThat(drain(k, Task.on(1), -1, Integer.decode(gfp))).isEqualTo(expected);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void aNamedNodeBeatsTheNodeOfTheCpu() {
        Geometry geometry = Geometry.numa(3).withPages(new Geometry.ZonePages(0, 0, 2, 0, 0));
        assertThat(drain(MmMachine.checked(geometry), Task.on(0), 2, 0)).isEqualTo("2N 1N 0N");
        assertThat(drain(MmMachine.checked(geometry), Task.on(0), 2, Gfp.THISNODE)).isEqualTo("2N");
    }

    @Test
    void aZoneThatTheMachineLacksStandsForNormal() {
        Geometry geometry = Geometry.micro();
        MmMachine k = MmMachine.checked(geometry);
        for (int gfp : new int[] {Gfp.DMA, Gfp.DMA32, Gfp.HIGHMEM}) {
            assertThat(k.pages.zoneOf(k.pages.allocPages(k.task, gfp, 0))).isEqualTo(Zone.NORMAL);
        }
    }

    @Test
    void onlyAnUrgentRequestGoesBelowTheReserve() {
        Geometry geometry = Geometry.small().withPages(new Geometry.ZonePages(0, 0, 512, 0, 0));
        MmMachine k = MmMachine.checked(geometry);
        takeAll(k, Gfp.KERNEL);
        assertThat(k.pages.freePages()).isEqualTo(4);
        takeAll(k, Gfp.ATOMIC);
        assertThat(k.pages.freePages()).isEqualTo(2);
        takeAll(k, Gfp.KERNEL);
        assertThat(k.pages.freePages()).isEqualTo(2);
        assertThat(k.pages.allocPages(k.task, Gfp.KERNEL | Gfp.NOFAIL, 0)).isNotZero();
        assertThat(k.pages.freePages()).isEqualTo(1);
    }

    @Test
    void blocksDoNotMergeAcrossZones() {
        Geometry geometry = Geometry.small().withPages(new Geometry.ZonePages(1, 0, 3, 0, 0));
        MmMachine k = MmMachine.checked(geometry);
        long dma = k.pages.allocPages(k.task, Gfp.DMA, 0);
        long normal = k.pages.allocPages(k.task, 0, 0);
        assertThat(normal).isEqualTo(dma + PageStruct.SIZE);
        k.pages.freePages(k.task, normal, 0);
        k.pages.freePages(k.task, dma, 0);
        assertThat(k.pages.check()).isNull();
        assertThat(k.pages.allocPages(k.task, Gfp.DMA | Gfp.NOWARN, 1)).isZero();
    }

    /** Takes pages until there is none; which zones they came from, without repetition. */
    private static String drain(MmMachine k, Task t, int node, int gfp) {
        List<String> zones = new ArrayList<>();
        while (true) {
            long page = k.pages.allocPagesNode(t, node, gfp | Gfp.NOWARN, 0);
            if (page == 0) {
                return String.join(" ", zones);
            }
            String zone = k.pages.nodeOf(page) + letter(k.pages.zoneOf(page));
            if (!zones.contains(zone)) {
                zones.add(zone);
            }
        }
    }

    private static String letter(Zone zone) {
        return zone == Zone.DMA32 ? "D32" : zone.name().substring(0, 1);
    }

    private static void takeAll(MmMachine k, int gfp) {
        long page;
        do {
            page = k.pages.allocPages(k.task, gfp | Gfp.NOWARN, 0);
        } while (page != 0);
    }
}
