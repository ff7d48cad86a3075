package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slubcheck.kernel.Corruption.of;
import static org.slubcheck.kernel.Corruption.on;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.PcpuChunk;
import org.slubcheck.mm.ZoneStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** What the census says of pages, per-CPU areas and locks. */
class BooksTest {
    private static PageAllocator.ZoneSpan lastZone(Bed bed) {
        List<PageAllocator.ZoneSpan> spans = bed.kernel.pagesWiring().spans();
        return spans.get(spans.size() - 1);
    }

    static Stream<Corruption> pages() {
        return Stream.of(
                of(
                        "a page is allocated and forgotten",
                        bed -> bed.pages(0),
                        "page#\\d+ is lost: in no free block, slab, per-CPU chunk or hand"),
                of(
                        "a block is allocated and forgotten",
                        bed -> bed.pages(2),
                        "page#\\d+ to page#\\d+ are lost: in no free block, slab, per-CPU chunk or"
                                + " hand"),
                of(
                        "a slab is thrown away without its pages",
                        bed -> {
                            long page = bed.pages(1);
                            PageStruct.setFlags(bed.m, page, PageStruct.PG_SLAB);
                            PageStruct.clearFlags(bed.m, page, PageStruct.PG_SLAB);
                        },
                        "page#\\d+ to page#\\d+ are lost: .*"),
                of(
                        "a block is held twice",
                        bed -> {
                            long block = bed.kernel.pages().addressOf(bed.pages(0));
                            bed.hold(block);
                            bed.hold(block);
                        },
                        "page#\\d+ is in a caller's hand and in a caller's hand"),
                of(
                        "a block was freed and is still held",
                        bed -> {
                            long page = bed.pages(0);
                            bed.hold(bed.kernel.pages().addressOf(page));
                            bed.kernel.pages().freePages(bed.task, page, 0);
                        },
                        "0x\\w+ is no object of any slab, yet is in a caller's hand"),
                of(
                        "a chunk stands in no pages",
                        bed ->
                                bed.poke(
                                        bed.kernel.percpuWiring().firstChunk()
                                                + PcpuChunk.LAYOUT.offset("data"),
                                        8),
                        "0x8 of order \\d, a per-CPU chunk, is no block of pages"),
                of(
                        "a zone counts its free blocks wrongly",
                        bed ->
                                bed.add(
                                        lastZone(bed).address()
                                                + ZoneStruct.layout(
                                                                bed.kernel.geometry().maxOrder())
                                                        .offset("free_area[0].nr_free"),
                                        1),
                        "zone NORMAL@0 order 0: nr_free is \\d+ and the list has \\d+"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageInNoOrTwoPlacesIsTold(Corruption corruption) {
        corruption.check();
    }

    @Test
    void aLargeKmallocBlockIsInItsHolder() {
        Bed bed = new Bed(Bed.Machine.SMALL);
        int size = 2 * bed.kernel.geometry().kmallocMax();
        long block = bed.kernel.slab().kmalloc(bed.task, size, Gfp.KERNEL);
        bed.hold(block);
        assertThat(bed.census()).isEmpty();
        bed.drop(block);
        assertThat(bed.census()).hasSize(1).first().asString().contains("are lost");
        bed.kernel.slab().kfree(bed.task, block);
        assertThat(bed.census()).isEmpty();
    }

    static Stream<Corruption> areas() {
        return Stream.of(
                of(
                        "an area is allocated and forgotten",
                        bed -> bed.kernel.percpu().alloc(bed.task, 64, 8),
                        "the per-CPU area 0x\\w+ is lost: no cache has it"),
                of(
                        "two caches have one area",
                        bed -> {
                            bed.kernel.percpu().free(bed.task, bed.area(bed.idle0));
                            bed.poke(bed.idle0 + KmemCache.CPU, bed.area(bed.idle1));
                        },
                        "the per-CPU area 0x\\w+ belongs to idle1 and to idle0"),
                of(
                        "an area that was given up is gone",
                        bed -> bed.poke(bed.kernel.slab().wiring().abandonedAreas(), 1),
                        "1 per-CPU areas were given up in early boot but 0 are left"));
    }

    @ParameterizedTest
    @MethodSource("areas")
    void anAreaOfNoOrTwoCachesIsTold(Corruption corruption) {
        corruption.check();
    }

    @Test
    void anAreaInAHandAndOneGivenUpBeforeSysfsAreAccountedFor() {
        Bed bed = new Bed(Bed.Machine.UMA);
        long area = bed.kernel.percpu().alloc(bed.task, 16, 8);
        bed.hold(area);
        assertThat(bed.census()).isEmpty();

        Kernel early =
                Kernel.off(bed.kernel.config(), org.slubcheck.machine.Steps.mainline())
                        .bootTo(Kernel.Stage.LATE);
        long s = early.slab().kmalloc(early.task(0), 8, Gfp.KERNEL);
        long cache = early.slab().kmallocCache(8, Gfp.KERNEL);
        assertThat(early.slubq().setCpuQueueSize(early.task(0), cache, 6)).isZero();
        assertThat(Census.of(early, new long[] {s})).isEmpty();
        assertThat(early.memory().peek(early.slab().wiring().abandonedAreas())).isEqualTo(1);
    }

    static Stream<Corruption> locks() {
        return Stream.of(
                of(
                        "an interrupt line",
                        bed -> bed.poke(bed.kernel.machine().line(1), 2),
                        "the irq line of cpu#1 is held \\(0x2\\)"),
                of(
                        "slub_lock",
                        bed -> bed.poke(bed.kernel.slab().wiring().slubLock(), 1),
                        "slub_lock is held \\(0x1\\)"),
                of(
                        "sysfs_mutex",
                        bed -> bed.poke(bed.kernel.slab().wiring().sysfsMutex(), 1),
                        "sysfs_mutex is held \\(0x1\\)"),
                of(
                        "pcpu_lock",
                        bed -> bed.poke(bed.kernel.percpuWiring().lock(), 1),
                        "pcpu_lock is held \\(0x1\\)"),
                of(
                        "pcpu_alloc_mutex",
                        bed -> bed.poke(bed.kernel.percpuWiring().allocMutex(), 1),
                        "pcpu_alloc_mutex is held \\(0x1\\)"),
                of(
                        "a zone's lock",
                        bed -> bed.poke(lastZone(bed).address(), 1),
                        "zone->lock of NORMAL on node 0 is held \\(0x1\\)"),
                of(
                        "a list_lock",
                        bed -> bed.poke(bed.node(bed.victim) + KmemCacheNode.LIST_LOCK, 1),
                        "list_lock of victim on node 0 is held \\(0x1\\)"),
                on(
                        Bed.Machine.UMA,
                        "an embedded list_lock",
                        bed -> bed.poke(bed.node(bed.victim) + KmemCacheNode.LIST_LOCK, 1),
                        "list_lock of victim on node 0 is held \\(0x1\\)"),
                of(
                        "the list_lock of a cache that was destroyed while busy",
                        bed -> {
                            bed.kernel.slab().destroy(bed.task, bed.victim);
                            bed.poke(bed.node(bed.victim) + KmemCacheNode.LIST_LOCK, 1);
                        },
                        "list_lock of victim on node 0 is held \\(0x1\\)"),
                of(
                        "a slab_lock",
                        bed -> PageStruct.setFlags(bed.m, bed.page(), PageStruct.PG_LOCKED),
                        "slab_lock of page#\\d+ is held"));
    }

    @ParameterizedTest
    @MethodSource("locks")
    void aLockThatIsStillHeldIsTold(Corruption corruption) {
        corruption.check();
    }
}
