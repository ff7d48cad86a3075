package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

class PercpuTest {
    private final MmMachine k = MmMachine.checked(MmMachine.smallReserve());
    private final Percpu percpu = k.percpu;
    private final Memory m = k.memory;
    private final Task t = k.task;

    @Test
    void chunkLayoutAgreesWithTheCode() {
        assertThat(PcpuChunk.LAYOUT.size()).isEqualTo(PcpuChunk.SIZE);
        assertThat(PcpuChunk.LAYOUT.offset("free_size")).isEqualTo(PcpuChunk.FREE_SIZE);
        assertThat(PcpuChunk.LAYOUT.offset("contig_hint")).isEqualTo(PcpuChunk.CONTIG_HINT);
        assertThat(PcpuChunk.LAYOUT.offset("base_addr")).isEqualTo(PcpuChunk.BASE_ADDR);
        assertThat(PcpuChunk.LAYOUT.offset("map_used")).isEqualTo(PcpuChunk.MAP_USED);
        assertThat(PcpuChunk.LAYOUT.offset("map_alloc")).isEqualTo(PcpuChunk.MAP_ALLOC);
        assertThat(PcpuChunk.LAYOUT.offset("map")).isEqualTo(PcpuChunk.MAP);
        assertThat(PcpuChunk.LAYOUT.offset("data")).isEqualTo(PcpuChunk.DATA);
    }

    @Test
    void anAreaIsZeroOnEveryCpuAndOneAdditionAway() {
        long area = percpu.alloc(t, 40, 8);
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            assertThat(percpu.perCpuPtr(area, cpu))
                    .isEqualTo(area + (long) cpu * percpu.unitSize());
            for (int i = 0; i < 40; i += 8) {
                assertThat(m.read(percpu.perCpuPtr(area, cpu) + i)).isZero();
            }
        }
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void thisCpuIsTheTasksAndMustBePinned() {
        long area = percpu.alloc(t, 8, 8);
        Task other = Task.on(1);
        boolean irqs = k.machine.irqSave(other);
        assertThat(percpu.thisCpuPtr(other, area)).isEqualTo(percpu.perCpuPtr(area, 1));
        k.machine.irqRestore(other, irqs);
        assertThat(k.reports()).isEmpty();
        percpu.thisCpuPtr(other, area);
        assertThat(k.reports()).singleElement().asString().contains("preemptible");
    }

    @Test
    void aFreedAreaIsPoisonedOnEveryCpu() {
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            MmMachine each = MmMachine.checked(MmMachine.smallReserve());
            long area = each.percpu.alloc(each.task, 16, 8);
            each.memory.write(each.percpu.perCpuPtr(area, cpu), 1);
            each.percpu.free(each.task, area);
            assertThat(each.reports()).isEmpty();
            each.memory.read(each.percpu.perCpuPtr(area, cpu));
            assertThat(each.reports()).singleElement().asString().contains("use-after-free");
        }
    }

    @Test
    void onBareMemoryAWriteToAFreedAreaShowsInTheCheck() {
        MmMachine bare = MmMachine.bare(MmMachine.smallReserve());
        long area = bare.percpu.alloc(bare.task, 16, 8);
        bare.percpu.free(bare.task, area);
        assertThat(bare.percpu.check()).isNull();
        bare.memory.writeByte(bare.percpu.perCpuPtr(area, 1) + 3, 0x60);
        assertThat(bare.percpu.check()).contains("offset 3 was written to while free");
    }

    @ParameterizedTest
    @CsvSource({"0, 8", "-8, 8", "4096, 8", "8, 1024", "8, 3", "8, 0", "8, -8"})
    void illegalSizesAndAlignmentsWarnAndFail(int size, int align) {
        assertThat(percpu.alloc(t, size, align)).isZero();
        assertThat(k.reports()).singleElement().asString().contains("illegal size (" + size + ")");
    }

    // ---- before slab is up

    @Test
    void bytesRunOutBeforeSlots() {
        int unit = percpu.unitSize();
        for (int i = 0; i < 4; i++) {
            assertThat(percpu.alloc(t, unit / 4, 8)).isNotZero();
        }
        assertThat(k.reports()).isEmpty();
        assertThat(percpu.alloc(t, 8, 8)).isZero();
        assertThat(k.reports()).singleElement().asString().contains("pcpu_mem_alloc");
        assertThat(k.dmesg()).contains("failed to allocate new chunk");
    }

    @Test
    void slotsRunOutBeforeBytes() {
        int got = 0;
        while (percpu.alloc(t, 8, 8) != 0) {
            got++;
        }
        // The map needs two entries to spare at each allocation and holds the free rest in one.
        assertThat(got).isEqualTo(k.geometry.percpuEarlySlots() - 2);
        assertThat(percpu.allocatedBytes()).isLessThan(percpu.unitSize());
        assertThat(k.reports()).singleElement().asString().contains("pcpu_mem_alloc");
        assertThat(k.dmesg()).contains("failed to extend area map");
        assertThat(percpu.check()).isNull();
    }

    @Test
    void theWarningComesOnceAndFreeingMakesRoomAgain() {
        List<Long> areas = new ArrayList<>();
        long area;
        while ((area = percpu.alloc(t, 8, 8)) != 0) {
            areas.add(area);
        }
        assertThat(percpu.alloc(t, 8, 8)).isZero();
        assertThat(percpu.alloc(t, 8, 8)).isZero();
        assertThat(k.reports()).hasSize(1);
        percpu.free(t, areas.get(areas.size() - 1));
        assertThat(percpu.alloc(t, 8, 8)).isEqualTo(areas.get(areas.size() - 1));
        assertThat(k.reports()).hasSize(1);
    }

    @Test
    void bothReservesEndByThemselvesAndOneWarningIsForBoth() {
        int big = percpu.unitSize() - 8 * (k.geometry.percpuEarlySlots() / 2);
        long area = percpu.alloc(t, big, 8);
        assertThat(area).isNotZero();
        assertThat(percpu.alloc(t, big, 8)).as("bytes").isZero();
        assertThat(k.dmesg()).contains("failed to allocate new chunk").doesNotContain("area map");
        percpu.free(t, area);
        int got = 0;
        while (percpu.alloc(t, 8, 8) != 0) {
            got++;
        }
        assertThat(got).isEqualTo(k.geometry.percpuEarlySlots() - 2);
        assertThat(k.dmesg()).contains("failed to extend area map");
        assertThat(k.reports()).singleElement().asString().contains("pcpu_mem_alloc");
        assertThat(percpu.check()).isNull();
    }

    @Test
    void irqsOffAreFineInEarlyBootAndReportedLater() {
        boolean irqs = k.machine.irqSave(t);
        percpu.alloc(t, 8, 8);
        assertThat(k.reports()).isEmpty();
        k.slab.up = true;
        percpu.alloc(t, 8, 8);
        k.machine.irqRestore(t, irqs);
        assertThat(k.reports()).singleElement().asString().contains("pcpu_alloc");
    }

    // ---- after slab is up

    @Test
    void theLateMapReplacesInitDataAndKeepsEveryArea() {
        List<Long> areas = allocate(10);
        k.slab.up = true;
        percpu.initLate(t);
        assertThat(k.slab.live).hasSize(1);
        assertThat(percpu.allocatedBytes()).isEqualTo(80);
        areas.forEach(area -> percpu.free(t, area));
        assertThat(percpu.allocatedBytes()).isZero();
        assertThat(percpu.check()).isNull();
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void initDataIsGoneAfterwards() {
        long early = m.read(k.percpuWiring.firstChunk() + PcpuChunk.MAP);
        k.slab.up = true;
        percpu.initLate(t);
        percpu.freeInitmem();
        assertThat(m.read(k.percpuWiring.firstChunk() + PcpuChunk.MAP)).isNotEqualTo(early);
        m.readInt(early);
        assertThat(k.reports()).hasSize(1);
    }

    @Test
    void lateInitWithoutMemoryIsABug() {
        k.slab.up = true;
        k.slab.exhausted = true;
        assertThatThrownBy(() -> percpu.initLate(t))
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("percpu_init_late");
    }

    /** P04: the map in init data is nothing that kfree knows. */
    @Test
    void anExtensionBeforeLateInitDoesNotFreeInitData() {
        allocate(k.geometry.percpuEarlySlots() - 2);
        k.slab.up = true;
        assertThat(percpu.alloc(t, 8, 8)).isNotZero();
        assertThat(k.reports()).isEmpty();
        assertThat(k.slab.live).hasSize(1);
    }

    /** P05: the map of 128 slots must not replace one that is larger by now. */
    @Test
    void anExtensionBeforeLateInitStays() {
        int slots = k.geometry.percpuEarlySlots();
        allocate(slots - 2);
        k.slab.up = true;
        allocate(10);
        int mapAlloc = m.readInt(k.percpuWiring.firstChunk() + PcpuChunk.MAP_ALLOC);
        percpu.initLate(t);
        assertThat(mapAlloc).isGreaterThan(slots);
        assertThat(k.slab.live).hasSize(1);
        allocate(mapAlloc - slots - 12);
        assertThat(percpu.allocatedBytes()).isEqualTo(8L * (mapAlloc - 4));
        assertThat(percpu.check()).isNull();
        assertThat(k.reports()).isEmpty();
    }

    /** P03: each extension gives the map before it back. */
    @Test
    void mapsThatWereOutgrownAreFreed() {
        k.slab.up = true;
        percpu.initLate(t);
        allocate(percpu.unitSize() / 8);
        assertThat(percpu.allocatedBytes()).isEqualTo(percpu.unitSize());
        assertThat(k.slab.live).hasSize(1);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void anExtensionThatFailsLeavesEverythingAsItWas() {
        k.slab.up = true;
        allocate(k.geometry.percpuEarlySlots() - 2);
        k.slab.exhausted = true;
        assertThat(percpu.alloc(t, 8, 8)).isZero();
        assertThat(percpu.check()).isNull();
        k.slab.exhausted = false;
        assertThat(percpu.alloc(t, 8, 8)).isNotZero();
    }

    @Test
    void aFullChunkIsJoinedByAnotherAndBothEmptyLeaveOne() {
        k.slab.up = true;
        long free = k.pages.freePages();
        long first = percpu.alloc(t, percpu.unitSize(), 8);
        long second = percpu.alloc(t, 64, 8);
        assertThat(percpu.chunks()).hasSize(2);
        assertThat(percpu.isAllocated(first)).isTrue();
        assertThat(percpu.isAllocated(second)).isTrue();
        assertThat(percpu.isAllocated(second + 8)).isFalse();
        m.write(percpu.perCpuPtr(second, 1), 7);
        percpu.free(t, second);
        assertThat(percpu.chunks()).hasSize(2);
        percpu.free(t, first);
        assertThat(percpu.chunks()).containsExactly(k.percpuWiring.firstChunk());
        assertThat(k.pages.freePages()).isEqualTo(free);
        assertThat(k.slab.live).isEmpty();
        assertThat(percpu.check()).isNull();
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void anAtomicFreeLeavesReclaimToTheNextThatMaySleep() {
        k.slab.up = true;
        long first = percpu.alloc(t, percpu.unitSize(), 8);
        long second = percpu.alloc(t, 64, 8);
        boolean irqs = k.machine.irqSave(t);
        percpu.free(t, first);
        percpu.free(t, second);
        k.machine.irqRestore(t, irqs);
        assertThat(percpu.chunks()).hasSize(2);
        percpu.reclaim(t);
        assertThat(percpu.chunks()).hasSize(1);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void theFirstChunkIsNeverReclaimed() {
        k.slab.up = true;
        long first = percpu.alloc(t, percpu.unitSize(), 8);
        long second = percpu.alloc(t, 64, 8);
        percpu.free(t, first);
        percpu.free(t, second);
        assertThat(percpu.chunks()).containsExactly(k.percpuWiring.firstChunk());
    }

    @Test
    void aChunkThatCannotBeMadeLeavesNothingBehind() {
        k.slab.up = true;
        percpu.alloc(t, percpu.unitSize(), 8);
        long free = k.pages.freePages();
        // Two objects for its description, then the pages for its units.
        for (int attempt = 1; attempt <= 3; attempt++) {
            k.faults.failAt(Faults.Kind.PAGE, attempt);
            assertThat(percpu.alloc(t, 8, 8)).isZero();
            assertThat(k.slab.live).isEmpty();
            assertThat(k.pages.freePages()).isEqualTo(free);
        }
        assertThat(percpu.alloc(t, 8, 8)).isNotZero();
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void aMachineWithoutALargeEnoughBlockStaysWithItsFirstChunk() {
        MmMachine numa = MmMachine.checked(Geometry.numa(4));
        numa.slab.up = true;
        assertThat(numa.percpu.alloc(numa.task, numa.percpu.unitSize(), 8)).isNotZero();
        assertThat(numa.percpu.alloc(numa.task, 8, 8)).isZero();
        assertThat(numa.dmesg()).contains("failed to allocate new chunk");
        assertThat(numa.reports()).isEmpty();
    }

    // ---- failure

    @ParameterizedTest
    @CsvSource({"1", "2", "7"})
    void theKthAttemptFailsAndNoOther(int chosen) {
        k.faults.failAt(Faults.Kind.PERCPU, chosen);
        for (int i = 1; i <= 8; i++) {
            assertThat(percpu.alloc(t, 8, 8) == 0).isEqualTo(i == chosen);
        }
        assertThat(percpu.allocatedBytes()).isEqualTo(56);
    }

    // ---- bad frees

    @Test
    void bothKindsOfBadFreeAreReportedAndChangeNothing() {
        long area = percpu.alloc(t, 32, 8);
        long other = percpu.alloc(t, 32, 8);
        percpu.free(t, area);
        long free = percpu.allocatedBytes();
        percpu.free(t, area);
        percpu.free(t, other + 8);
        percpu.free(t, percpu.perCpuPtr(other, 1));
        percpu.free(t, k.pages.addressOf(k.pages.pageAt(3)));
        assertThat(k.reports()).hasSize(4).allMatch(r -> r.startsWith("kernel BUG at mm/percpu.c"));
        assertThat(percpu.allocatedBytes()).isEqualTo(free);
        assertThat(percpu.check()).isNull();
        assertThat(t.irqsOff()).isFalse();
    }

    @Test
    void freeingNothingIsFine() {
        percpu.free(t, 0);
        assertThat(k.reports()).isEmpty();
    }

    private List<Long> allocate(int count) {
        List<Long> areas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long area = percpu.alloc(t, 8, 8);
            assertThat(area).isNotZero();
            areas.add(area);
        }
        return areas;
    }

    // ---- the reserve for modules

    @Test
    void modulesGetWhatIsReservedAndNobodyElseDoes() {
        MmMachine module = MmMachine.reserving(64);
        long base = module.percpuWiring.base();
        long area = module.percpu.alloc(module.task, 8, 8);
        assertThat(area).isGreaterThanOrEqualTo(base + 64);
        for (int i = 0; i < 8; i++) {
            long own = module.percpu.allocReserved(module.task, 8, 8);
            assertThat(own).isBetween(base, base + 56);
            assertThat(module.percpu.isAllocated(own)).isTrue();
        }
        assertThat(module.percpu.allocReserved(module.task, 8, 8)).isZero();
        assertThat(module.dmesg()).contains("alloc from reserved chunk failed");
        assertThat(module.percpu.allocatedBytes()).isEqualTo(72);
        module.slab.up = true;
        module.percpu.initLate(module.task);
        module.percpu.freeInitmem();
        for (int i = 0; i < 8; i++) {
            module.percpu.free(module.task, base + 8L * i);
        }
        module.percpu.free(module.task, area);
        assertThat(module.percpu.allocatedBytes()).isZero();
        assertThat(module.slab.live).hasSize(2);
        assertThat(module.percpu.check()).isNull();
        assertThat(module.reports()).isEmpty();
    }

    @Test
    void aMachineThatReservesNothingGivesModulesAnyArea() {
        assertThat(percpu.allocReserved(t, 8, 8)).isNotZero();
    }
}
