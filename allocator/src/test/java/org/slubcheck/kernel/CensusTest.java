package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slubcheck.kernel.Corruption.of;
import static org.slubcheck.kernel.Corruption.on;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.KmemCacheQueue;

/** What the census says of objects, queues and debug bytes: each sentence, and silence. */
class CensusTest {
    private static final String COUNT_FREE = "victim: count_free is \\d+ but available is \\d+";

    @ParameterizedTest
    @EnumSource(Bed.Machine.class)
    void aCleanMachineHasNothingWrong(Bed.Machine machine) {
        Bed bed = new Bed(machine);
        assertThat(bed.census()).isEmpty();
        bed.fillSlab();
        assertThat(bed.census()).isEmpty();
    }

    static Stream<Corruption> objects() {
        return Stream.of(
                of(
                        "an object is dropped",
                        bed -> bed.drop(bed.held()),
                        "victim object 0x\\w+ is accounted 0 times: it is lost",
                        COUNT_FREE),
                of(
                        "an object is held twice",
                        bed -> bed.hold(bed.held()),
                        "victim object 0x\\w+ is accounted 2 times: a caller's hand and a caller's"
                                + " hand",
                        COUNT_FREE),
                of(
                        "a held object is free in its slab",
                        bed -> bed.add(bed.page() + PageStruct.FREELIST, 1L << bed.bit(bed.held())),
                        "victim object 0x\\w+ is accounted 2 times: a caller's hand and the free map"
                                + " of its slab",
                        COUNT_FREE),
                of(
                        "a queued object is free in its slab",
                        bed ->
                                bed.add(
                                        bed.page() + PageStruct.FREELIST,
                                        1L << bed.bit(bed.queued())),
                        "victim object 0x\\w+ is accounted 2 times: the queue of cpu#0 and the free"
                                + " map of its slab",
                        COUNT_FREE),
                of(
                        "a queued object is held",
                        bed -> bed.hold(bed.queued()),
                        "victim object 0x\\w+ is accounted 2 times: a caller's hand and the queue of"
                                + " cpu#0",
                        COUNT_FREE),
                of(
                        "a hand holds what is no object",
                        bed -> bed.hold(bed.held() + 1),
                        "0x\\w+ is no object of any slab, yet is in a caller's hand"),
                of(
                        "the kernel uses a name in a free page",
                        bed -> {
                            long page = bed.pages(0);
                            long address = bed.kernel.pages().addressOf(page);
                            bed.kernel.pages().freePages(bed.task, page, 0);
                            bed.poke(address, 'g');
                            bed.poke(bed.idle0 + KmemCache.NAME, address);
                        },
                        "0x\\w+ is no object of any slab, yet is in the name of g"),
                of(
                        "two caches have one name in slab memory",
                        bed ->
                                bed.poke(
                                        bed.idle0 + KmemCache.NAME,
                                        bed.m.peek(
                                                bed.kernel.slab().cacheByName("kmalloc-64")
                                                        + KmemCache.NAME)),
                        "kmalloc-\\d+ object 0x\\w+ is accounted 2 times: the name of kmalloc-64 and"
                                + " the name of kmalloc-64",
                        "kmalloc-\\d+: count_free is \\d+ but available is \\d+"),
                of(
                        "something was stored through NULL",
                        bed -> bed.poke(KmemCache.FLAGS, 7),
                        "something was stored through NULL: 0x7 at 0x\\w+"),
                of(
                        "a cache's objects have no size",
                        bed -> bed.pokeInt(bed.idle0 + KmemCache.SIZE, 0),
                        "idle0: size is 0"),
                of(
                        "a cache has no references",
                        bed -> bed.pokeInt(bed.idle0 + KmemCache.REFCOUNT, 0),
                        "idle0 is on slab_caches without references"),
                of(
                        "a slab has a reference that nobody has",
                        bed ->
                                bed.pokeInt(
                                        bed.kernel.pages().headPageOf(bed.idle0) + PageStruct.COUNT,
                                        2),
                        "page#\\d+: _count is 2, but only its slab refers to it"),
                of(
                        "a page names no cache as its owner",
                        bed -> {
                            long page = bed.pages(0);
                            PageStruct.setFlags(bed.m, page, PageStruct.PG_SLAB);
                            bed.poke(page + PageStruct.SLAB, 0x40);
                        },
                        "page#\\d+ has a stale owner: 0x40 is no cache; it is full"),
                of(
                        "a compound page names no cache as its owner, with an object at its end",
                        bed -> {
                            long page = bed.pages(1);
                            PageStruct.setFlags(bed.m, page, PageStruct.PG_SLAB);
                            bed.poke(page + PageStruct.SLAB, 0x40);
                            bed.hold(
                                    bed.kernel.pages().addressOf(page)
                                            + bed.kernel.geometry().pageSize());
                        },
                        "page#\\d+ has a stale owner: 0x40 is no cache; it is full"));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void anObjectInAWrongPlaceIsTold(Corruption corruption) {
        corruption.check();
    }

    static Stream<Corruption> queues() {
        return Stream.of(
                of(
                        "a queue counts below zero",
                        bed -> bed.add(bed.queueWord(bed.idle0, 1), 0xffffffffL),
                        "idle0 cpu#1: the queue holds more objects \\(-1\\) than it has room for"
                                + " \\(\\d+\\)"),
                of(
                        "a queue counts beyond its end",
                        bed ->
                                bed.add(
                                        bed.queueWord(bed.idle0, 1),
                                        QueueView.of(bed.kernel, bed.idle0, 1).max() + 1L),
                        "idle0 cpu#1: the queue holds more objects \\(\\d+\\) than it has room for"
                                + " \\(\\d+\\)",
                        "0x0 is no object of any slab, yet is in the queue of cpu#1.*"),
                of(
                        "a batch is larger than the queue that was asked for",
                        bed ->
                                bed.pokeInt(
                                        bed.idle0 + KmemCache.BATCH,
                                        bed.intAt(bed.idle0 + KmemCache.QUEUE) + 1),
                        "idle0: batch (\\d+) is larger than queue \\d+"),
                of(
                        "a batch is larger than one CPU's queue",
                        bed -> bed.poke(bed.queueWord(bed.idle0, 1), 2L << Integer.SIZE),
                        "idle0 cpu#1: batch \\d+ is more than the queue has room for \\(2\\)",
                        "idle0: cpu#1 has a queue of 2, but cpu_queue is \\d+"),
                of(
                        "the queues are smaller than was asked for",
                        bed -> bed.pokeInt(bed.idle0 + KmemCache.QUEUE, 500),
                        "idle0: cpu_queue is \\d+, less than the queue of 500 that was asked for"),
                on(
                        Bed.Machine.NUMA,
                        "a queue is of another node than its objects",
                        bed -> {
                            long area = bed.area(bed.victim);
                            int cpu = 0;
                            while (bed.queue(0).contents().size() > 1) {
                                bed.grab();
                            }
                            bed.add(bed.kernel.percpu().perCpuPtr(area, cpu) & -Memory.WORD, 1);
                        },
                        "victim cpu#0: the queue of node 1 holds 0x\\w+ of node 0"),
                of(
                        "a cache has no per-CPU area",
                        bed -> {
                            bed.kernel.percpu().free(bed.task, bed.area(bed.idle0));
                            bed.poke(bed.idle0 + KmemCache.CPU, 0);
                        },
                        "idle0: the per-CPU pointer is NULL"),
                of(
                        "a cache's per-CPU area was freed",
                        bed -> bed.kernel.percpu().free(bed.task, bed.area(bed.idle0)),
                        "idle0: the per-CPU pointer leads to no allocated per-CPU area"));
    }

    @ParameterizedTest
    @MethodSource("queues")
    void aQueueThatMakesNoSenseIsTold(Corruption corruption) {
        corruption.check();
    }

    static Stream<Corruption> sharedQueues() {
        return Stream.of(
                of("a shared queue that is in order", Bed::share),
                of(
                        "a shared queue that nobody counts",
                        bed -> {
                            bed.share();
                            bed.pokeInt(bed.idle0 + KmemCache.NR_SHARED, 0);
                        },
                        "idle0: nr_shared is 0 but CPUs lead to 1 shared queues"),
                of(
                        "a shared queue in no memory",
                        bed -> {
                            bed.poke(bed.queueWord(bed.idle0, 0) + KmemCacheQueue.SHARED, 0x48);
                            bed.pokeInt(bed.idle0 + KmemCache.NR_SHARED, 1);
                        },
                        "idle0 cpu#0: the shared queue 0x48 dangles: its block is not allocated"),
                of(
                        "a shared queue that is larger than its memory",
                        bed -> bed.poke(bed.share(), 100L << Integer.SIZE),
                        "idle0: the shared queue of cpu#0 has room for 100 objects, which is more"
                                + " than its memory"),
                of(
                        "a shared queue that is fuller than it can be",
                        bed -> bed.add(bed.share(), 3),
                        "idle0: the shared queue of cpu#0 holds more objects \\(3\\) than it has room"
                                + " for \\(2\\)"),
                of(
                        "a shared queue whose lock is held",
                        bed -> bed.poke(bed.share() + KmemCacheQueue.LOCK, 1),
                        "idle0: the lock of the shared queue of cpu#0 is held"),
                of(
                        "a shared queue with what is no object",
                        bed -> {
                            long q = bed.share();
                            bed.poke(KmemCacheQueue.slot(q, 0), 0x48);
                            bed.add(q, 1);
                        },
                        "0x48 is no object of any slab, yet is in the shared queue of cpu#0"));
    }

    static Stream<Corruption> sizes() {
        return Stream.of(
                on(Bed.Machine.NUMA, "queues that are as they should be", Bed::queuesForAll),
                of(
                        "a shared queue that is smaller than was asked for",
                        bed -> {
                            bed.share();
                            bed.pokeInt(bed.idle0 + KmemCache.SHARED_QUEUE_SYSFS, 3);
                        },
                        "idle0: shared_queue is 2 where 3 was asked for and CPUs have queues"),
                of(
                        "a shared queue that nobody asked for",
                        bed -> {
                            bed.share();
                            bed.pokeInt(bed.idle0 + KmemCache.SHARED_QUEUE_SYSFS, 0);
                        },
                        "idle0: shared_queue is 2 where 0 was asked for and CPUs have queues"),
                of(
                        "a size of shared queues that are not there",
                        bed -> bed.pokeInt(bed.idle0 + KmemCache.SHARED_QUEUE, 2),
                        "idle0: shared_queue is 2 where \\d+ was asked for and CPUs have none"),
                of(
                        "a CPU that was left out",
                        bed -> {
                            bed.share();
                            bed.poke(bed.queueWord(bed.idle0, 1) + KmemCacheQueue.SHARED, 0);
                        },
                        "idle0: cpu#0 and cpu#1 share a cache but no queue"),
                of(
                        "a shared queue of another size than the cache has",
                        bed -> bed.poke(bed.share(), 1L << Integer.SIZE),
                        "idle0: the shared queue of cpu#0 is one of 1, not of 2",
                        "idle0: the shared queue of cpu#1 is one of 1, not of 2"),
                on(
                        Bed.Machine.NUMA,
                        "an alien queue of another size than its shift says",
                        bed -> {
                            bed.queuesForAll();
                            int shift = bed.intAt(bed.victim + KmemCache.ALIEN_SHIFT);
                            bed.poke(bed.sharedOf(0) - (1L << shift), 1L << Integer.SIZE);
                        },
                        "victim: the alien queue of cpu#0 for node 1 is one of 1, not of \\d+"));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aQueueOfAnotherSizeThanWasAskedForIsTold(Corruption corruption) {
        corruption.check();
    }

    @ParameterizedTest
    @MethodSource("sharedQueues")
    void aSharedQueueThatMakesNoSenseIsTold(Corruption corruption) {
        corruption.check();
    }

    @Test
    void aQueueOfAnySizeIsWalkedToTheEndOfItsUnit() {
        Bed bed = new Bed(Bed.Machine.SMALL);
        bed.poke(bed.queueWord(bed.idle0, 1), 1L << 62 | Integer.MAX_VALUE >> 2);
        assertThat(QueueView.of(bed.kernel, bed.idle0, 1).contents())
                .hasSizeLessThanOrEqualTo(bed.kernel.percpu().unitSize() / Memory.WORD);
        assertThat(bed.census()).isNotEmpty();
    }

    static Stream<Corruption> bytes() {
        return Stream.of(
                on(
                        Bed.Machine.DEBUG,
                        "a caller writes behind his object",
                        bed -> bed.pokeByte(bed.held() + 40, 0x30),
                        "victim object 0x\\w+: Redzone overwritten: 0x30 at \\+40 instead of 0xcc"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes behind a queued object",
                        bed -> bed.pokeByte(bed.queued() + 40, 0xcc),
                        "victim object 0x\\w+: Redzone overwritten: 0xcc at \\+40 instead of 0xdd"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes behind a free object",
                        bed -> bed.pokeByte(bed.free() + 40, 0xcc),
                        "victim object 0x\\w+: Redzone overwritten: 0xcc at \\+40 instead of 0xbb"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes to a queued object",
                        bed -> bed.pokeByte(bed.queued() + 3, 1),
                        "victim object 0x\\w+: Poison overwritten: 0x01 at \\+3 instead of 0x6b"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes to the last byte of a free object",
                        bed -> bed.pokeByte(bed.free() + 39, 0x6b),
                        "victim object 0x\\w+: Poison overwritten: 0x6b at \\+39 instead of 0xa5"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes to the padding behind the tracks",
                        bed ->
                                bed.pokeByte(
                                        bed.held() + bed.intAt(bed.victim + KmemCache.SIZE) - 1, 0),
                        "victim object 0x\\w+: Object padding overwritten: 0x00 at \\+\\d+ instead of"
                                + " 0x5a"),
                on(
                        Bed.Machine.DEBUG,
                        "somebody writes to the end of a slab",
                        bed ->
                                bed.pokeByte(
                                        bed.kernel.pages().addressOf(bed.page())
                                                + ((long) bed.kernel.geometry().pageSize()
                                                        << PageStruct.peekOrder(bed.m, bed.page()))
                                                - 1,
                                        0),
                        "victim object 0x\\w+: Padding overwritten: 0x00 at \\+\\d+ instead of 0x5a"),
                of(
                        "somebody writes to a freed per-CPU area",
                        bed -> {
                            long area = bed.kernel.percpu().alloc(bed.task, 64, 8);
                            bed.kernel.percpu().free(bed.task, area);
                            bed.poke(area, 1);
                        },
                        "pcpu_chunk 0x\\w+ offset \\d+ was written to while free, by way of CPU#0"));
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void aByteThatSomebodyOverwroteIsTold(Corruption corruption) {
        corruption.check();
    }

    @ParameterizedTest
    @EnumSource(Bed.Machine.class)
    void aViewOfAQueueShowsWhatIsInIt(Bed.Machine machine) {
        Bed bed = new Bed(machine);
        QueueView view = bed.queue(0);
        assertThat(view.objects()).isEqualTo(view.contents().size());
        assertThat(view.overrun()).isFalse();
        assertThat(view.node()).isZero();
        long object = view.contents().get(view.objects() - 1);
        assertThat(bed.grab()).as("the hottest object").isEqualTo(object);
        assertThat(KmemCacheQueue.peekMax(bed.m, bed.queueWord(bed.victim, 0)))
                .isEqualTo(view.max());
    }
}
