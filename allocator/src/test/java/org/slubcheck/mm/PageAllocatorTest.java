package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

class PageAllocatorTest {
    private static final int ORDER = 1;

    private final MmMachine k = MmMachine.checked(Geometry.small());
    private final PageAllocator pages = k.pages;
    private final Memory m = k.memory;
    private final Task t = k.task;

    @Test
    void structPageIsTheKernels() {
        assertThat(PageStruct.LAYOUT.size()).isEqualTo(PageStruct.SIZE).isEqualTo(56);
        assertThat(PageStruct.LAYOUT.offset("_count")).isEqualTo(PageStruct.COUNT);
        assertThat(PageStruct.LAYOUT.offset("inuse")).isEqualTo(PageStruct.INUSE);
        assertThat(PageStruct.LAYOUT.offset("slab")).isEqualTo(PageStruct.SLAB);
        assertThat(PageStruct.LAYOUT.offset("mapping")).isEqualTo(PageStruct.MAPPING);
        assertThat(PageStruct.LAYOUT.offset("freelist")).isEqualTo(PageStruct.FREELIST);
        assertThat(PageStruct.LAYOUT.offset("lru.next")).isEqualTo(PageStruct.LRU);
    }

    @Test
    void zoneLayoutAgreesWithTheCode() {
        var layout = ZoneStruct.layout(4);
        assertThat(layout.size()).isEqualTo(ZoneStruct.size(4));
        assertThat(layout.offset("lock")).isEqualTo((int) ZoneStruct.lock(0));
        assertThat(layout.offset("free_area[3].free_list.next"))
                .isEqualTo((int) ZoneStruct.freeList(0, 3));
        assertThat(layout.offset("free_area[3].nr_free")).isEqualTo((int) ZoneStruct.nrFree(0, 3));
    }

    @Test
    void aBlockIsReferencedOnceAndItsMemoryUsable() {
        long page = pages.allocPages(t, Gfp.KERNEL, ORDER);
        assertThat(PageStruct.count(m, page)).isEqualTo(1);
        assertThat(PageStruct.isBuddy(m, page)).isFalse();
        m.fill(pages.addressOf(page), 2L * k.geometry.pageSize(), 0xff);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void useAfterFreeIsSeenByTheShadow() {
        long page = pages.allocPages(t, Gfp.KERNEL, 0);
        pages.freePages(t, page, 0);
        m.read(pages.addressOf(page));
        assertThat(k.reports()).singleElement().asString().contains("use-after-free");
    }

    @Test
    void zeroClearsAndWithoutItOldContentsShow() {
        long address = pages.getFreePages(t, Gfp.KERNEL, 0);
        m.write(address + 8, 42);
        pages.freePagesAt(t, address, 0);
        assertThat(pages.getFreePages(t, Gfp.KERNEL, 0)).isEqualTo(address);
        assertThat(m.read(address + 8)).isEqualTo(42);
        pages.freePagesAt(t, address, 0);
        assertThat(pages.getFreePages(t, Gfp.KERNEL | Gfp.ZERO, 0)).isEqualTo(address);
        assertThat(m.read(address + 8)).isZero();
    }

    @Test
    void compoundPagesKnowTheirHeadAndOrder() {
        long page = pages.allocPages(t, Gfp.KERNEL | Gfp.COMP, 2);
        long address = pages.addressOf(page);
        assertThat(PageStruct.compoundOrder(m, page)).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            long inside = address + (long) i * k.geometry.pageSize() + 24;
            assertThat(pages.headPageOf(inside)).isEqualTo(page);
            assertThat(PageStruct.isTail(m, pages.pageOf(inside))).isEqualTo(i > 0);
        }
        pages.freePages(t, page, 2);
        assertThat(PageStruct.isHead(m, page)).isFalse();
        assertThat(pages.headPageOf(address + k.geometry.pageSize())).isNotEqualTo(page);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void addressesAndPagesMapBothWays() {
        for (long i = 0; i < pages.pages(); i++) {
            long page = pages.pageAt(i);
            assertThat(pages.isPage(page)).isTrue();
            assertThat(pages.isPage(page + 8)).isFalse();
            assertThat(pages.pageOf(pages.addressOf(page) + k.geometry.pageSize() - 1))
                    .isEqualTo(page);
        }
        long pool = pages.addressOf(pages.pageAt(0));
        long end = pool + pages.pages() * k.geometry.pageSize();
        assertThat(pages.pageOf(pool - 1)).isZero();
        assertThat(pages.headPageOf(end)).isZero();
        assertThat(pages.pageOf(0)).isZero();
        assertThat(end).isEqualTo(m.size());
    }

    @Test
    void aSecondReferenceKeepsTheBlock() {
        long free = pages.freePages();
        long page = pages.allocPages(t, Gfp.KERNEL, 0);
        m.fetchAdd(page + PageStruct.COUNT, 1);
        pages.freePages(t, page, 0);
        assertThat(pages.freePages()).isEqualTo(free - 1);
        pages.freePages(t, page, 0);
        assertThat(pages.freePages()).isEqualTo(free);
        assertThat(k.reports()).isEmpty();
    }

    // ---- context

    @Test
    void aWaitingRequestInAtomicContextIsReported() {
        boolean irqs = k.machine.irqSave(t);
        pages.allocPages(t, Gfp.KERNEL, 0);
        k.machine.irqRestore(t, irqs);
        assertThat(k.reports()).singleElement().asString().contains("sleeping function called");
    }

    @Test
    void earlyBootMasksTheWaitAwayAndAtomicRequestsNeverWait() {
        boolean irqs = k.machine.irqSave(t);
        pages.allocPages(t, Gfp.ATOMIC, 0);
        pages.setAllowedMask(Gfp.BOOT_MASK);
        pages.allocPages(t, Gfp.KERNEL, 0);
        k.machine.irqRestore(t, irqs);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void bootBeginsWithTheBootMask() {
        pages.init(t);
        assertThat(pages.allowedMask()).isEqualTo(Gfp.BOOT_MASK);
    }

    // ---- failure

    @Test
    void failureIsReportedUnlessToldNotTo() {
        exhaust(Gfp.NOWARN);
        assertThat(pages.allocPages(t, Gfp.KERNEL | Gfp.NOWARN, 0)).isZero();
        assertThat(k.dmesg()).isEmpty();
        assertThat(pages.allocPages(t, Gfp.KERNEL, 1)).isZero();
        assertThat(k.dmesg()).contains("page allocation failure. order:1, mode:0xd0");
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void anOrderBeyondTheLargestFailsAndWarnsOnce() {
        assertThat(pages.allocPages(t, Gfp.KERNEL | Gfp.NOWARN, k.geometry.maxOrder())).isZero();
        assertThat(k.reports()).isEmpty();
        assertThat(pages.allocPages(t, Gfp.KERNEL, k.geometry.maxOrder())).isZero();
        assertThat(pages.allocPages(t, Gfp.KERNEL, k.geometry.maxOrder())).isZero();
        assertThat(k.reports()).hasSize(1);
    }

    @Test
    void noFailPanicsRatherThanFail() {
        exhaust(Gfp.NOWARN);
        assertThatThrownBy(() -> pages.allocPages(t, Gfp.KERNEL | Gfp.NOFAIL, 0))
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("Out of memory");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 9})
    void theKthAttemptFailsAndNoOther(int chosen) {
        k.faults.failAt(Faults.Kind.PAGE, chosen);
        for (int i = 1; i <= 10; i++) {
            assertThat(pages.allocPages(t, Gfp.KERNEL, 0) == 0).isEqualTo(i == chosen);
        }
        assertThat(pages.check()).isNull();
        assertThat(pages.freePages()).isEqualTo(pages.pages() - 9);
    }

    @Test
    void noFailIgnoresInjectedFailureWithoutUsingItUp() {
        k.faults.failAt(Faults.Kind.PAGE, 1);
        assertThat(pages.allocPages(t, Gfp.KERNEL | Gfp.NOFAIL, 0)).isNotZero();
        assertThat(pages.allocPages(t, Gfp.KERNEL, 0)).isZero();
    }

    // ---- bad frees: reported, and the lists stay as they were

    @Test
    void aDoubleFreeIsABadPage() {
        long page = pages.allocPages(t, Gfp.KERNEL, ORDER);
        pages.freePages(t, page, ORDER);
        pages.freePages(t, page, ORDER);
        assertBadPage(pages.pages());
    }

    @Test
    void aDoubleFreeOfAPageThatMergedAwayIsABadPage() {
        long a = pages.allocPages(t, Gfp.KERNEL, 0);
        long b = pages.allocPages(t, Gfp.KERNEL, 0);
        pages.freePages(t, a, 0);
        pages.freePages(t, b, 0);
        pages.freePages(t, b, 0);
        assertBadPage(pages.pages());
    }

    @ParameterizedTest
    @ValueSource(longs = {PageStruct.PG_SLAB, PageStruct.PG_LOCKED, PageStruct.PG_RESERVED})
    void aPageStillInUseIsABadPage(long flag) {
        long page = pages.allocPages(t, Gfp.KERNEL, ORDER);
        PageStruct.setFlags(m, page, flag);
        pages.freePages(t, page, ORDER);
        assertBadPage(pages.pages() - 2);
    }

    @Test
    void aSlabThatKeepsItsCountsIsABadPage() {
        long page = pages.allocPages(t, Gfp.KERNEL, 0);
        m.writeInt(page + PageStruct.INUSE, 8);
        assertThat(PageStruct.count(m, page)).isEqualTo(1);
        pages.freePages(t, page, 0);
        assertBadPage(pages.pages() - 1);
    }

    @Test
    void aSlabThatGaveItsCountsBackIsFine() {
        long page = pages.allocPages(t, Gfp.KERNEL, 0);
        m.writeInt(page + PageStruct.INUSE, 8);
        PageStruct.resetMapcount(m, page);
        pages.freePages(t, page, 0);
        assertThat(k.reports()).isEmpty();
        assertThat(pages.freePages()).isEqualTo(pages.pages());
    }

    @Test
    void theWrongOrderOfACompoundPageIsABadPage() {
        long page = pages.allocPages(t, Gfp.KERNEL | Gfp.COMP, 2);
        pages.freePages(t, page, 1);
        assertBadPage(pages.pages() - 4);
    }

    @Test
    void anOrderThatReachesIntoALiveBlockIsABadPage() {
        long page = pages.allocPages(t, Gfp.KERNEL, 0);
        long neighbour = pages.allocPages(t, Gfp.KERNEL, 0);
        assertThat(neighbour).isEqualTo(page + PageStruct.SIZE);
        pages.freePages(t, page, 1);
        assertBadPage(pages.pages() - 2);
    }

    @Test
    void aPageInsideABlockIsABadPage() {
        long page = pages.allocPages(t, Gfp.KERNEL, 2);
        pages.freePages(t, page + PageStruct.SIZE, 0);
        assertBadPage(pages.pages() - 4);
    }

    @Test
    void aWildPointerIsReported() {
        pages.freePages(t, pages.pageAt(0) + 8, 0);
        pages.freePages(t, 0, 0);
        pages.freePages(t, pages.pageAt(0), k.geometry.maxOrder());
        pages.freePagesAt(t, 8, 0);
        assertThat(k.reports()).hasSize(4).allMatch(r -> r.startsWith("BUG: freeing what is no"));
        assertThat(pages.check()).isNull();
    }

    @Test
    void freeingNothingIsFine() {
        pages.freePagesAt(t, 0, 0);
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void highMemoryHasNoAddressToAskFor() {
        assertThatThrownBy(() -> pages.getFreePages(t, Gfp.KERNEL | Gfp.HIGHMEM, 0))
                .isInstanceOf(KernelDeath.class);
    }

    private void exhaust(int gfp) {
        long page;
        do {
            page = pages.allocPages(t, Gfp.KERNEL | gfp, 0);
        } while (page != 0);
        assertThat(pages.freePages()).isZero();
    }

    private void assertBadPage(long free) {
        assertThat(k.reports()).singleElement().asString().startsWith("BUG: Bad page state");
        assertThat(pages.check()).isNull();
        assertThat(pages.freePages()).isEqualTo(free);
    }
}
