package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Geometry;

/** The check of the free lists sees what is wrong with them, thing by thing. */
class BuddyCheckTest {
    private static final Geometry ONE_ZONE =
            Geometry.small().withPages(new Geometry.ZonePages(0, 0, 16, 0, 0));

    private final MmMachine k = MmMachine.bare(ONE_ZONE);
    private final long zone = k.pageWiring.spans().get(0).address();

    /** The first free block: of the largest order, pages 0 to 7. */
    private final long page = k.pages.pageAt(0);

    @Test
    void aGoodMachineIsGood() {
        assertThat(k.pages.check()).isNull();
    }

    @Test
    void brokenPrev() {
        k.memory.write(PageStruct.lru(page) + ListHead.PREV, 64);
        assertFound("wrong prev");
    }

    @Test
    void brokenPrevOfTheHead() {
        k.memory.write(ZoneStruct.freeList(zone, 0) + ListHead.PREV, 64);
        assertFound("the head has a wrong prev");
    }

    @Test
    void anEntryThatIsNoPage() {
        k.memory.write(ZoneStruct.freeList(zone, 0) + ListHead.NEXT, 72);
        assertFound("is no page");
    }

    @Test
    void lostMark() {
        PageStruct.clearFlags(k.memory, page, PageStruct.PG_BUDDY);
        assertFound("lacks PG_buddy");
    }

    @Test
    void markWithoutList() {
        PageStruct.setFlags(k.memory, k.pages.pageAt(1), PageStruct.PG_BUDDY);
        assertFound("is on no list");
    }

    @Test
    void wrongOrder() {
        k.memory.write(page + PageStruct.PRIVATE, 1);
        assertFound("another order");
    }

    @Test
    void wrongCount() {
        k.memory.write(ZoneStruct.nrFree(zone, 3), 5);
        assertFound("nr_free is 5 and the list has 2");
    }

    @Test
    void referencedWhileFree() {
        k.memory.writeInt(k.pages.pageAt(3) + PageStruct.COUNT, 1);
        assertFound("is referenced");
    }

    @Test
    void twoBlocksOverOnePage() {
        forge(k.pages.pageAt(4), 2);
        assertFound("overlaps");
    }

    @Test
    void unaligned() {
        k.pages.allocPages(k.task, 0, 3);
        forge(k.pages.pageAt(1), 1);
        assertFound("is not aligned");
    }

    @Test
    void buddiesLeftApart() {
        k.pages.allocPages(k.task, 0, 3);
        forge(k.pages.pageAt(2), 0);
        forge(k.pages.pageAt(3), 0);
        clearCounts();
        assertFound("is not merged with its buddy");
    }

    @Test
    void aBlockBeyondTheZone() {
        MmMachine small =
                MmMachine.bare(Geometry.small().withPages(new Geometry.ZonePages(2, 0, 2, 0, 0)));
        long dma = small.pageWiring.spans().get(0).address();
        long outside = small.pages.pageAt(2);
        small.pages.allocPages(small.task, 0, 1);
        small.memory.write(outside + PageStruct.PRIVATE, 0);
        ListHead.add(small.memory, PageStruct.lru(outside), ZoneStruct.freeList(dma, 0));
        assertThat(small.pages.check()).contains("is outside the zone");
    }

    /** Puts a page on a free list as if it were a free block. */
    private void forge(long forged, int order) {
        PageStruct.setFlags(k.memory, forged, PageStruct.PG_BUDDY);
        k.memory.write(forged + PageStruct.PRIVATE, order);
        ListHead.add(k.memory, PageStruct.lru(forged), ZoneStruct.freeList(zone, order));
        long nrFree = ZoneStruct.nrFree(zone, order);
        k.memory.write(nrFree, k.memory.read(nrFree) + 1);
    }

    private void clearCounts() {
        for (long i = 0; i < k.pages.pages(); i++) {
            k.memory.writeInt(k.pages.pageAt(i) + PageStruct.COUNT, 0);
        }
    }

    private void assertFound(String what) {
        assertThat(k.pages.check()).contains(what);
    }
}
