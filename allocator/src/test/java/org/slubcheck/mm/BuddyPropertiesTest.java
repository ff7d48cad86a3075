package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

/** Pages are neither lost nor made, whatever is asked for and in whatever order it comes back. */
class BuddyPropertiesTest {
    private record Block(long page, int order) {}

    /** An allocation of an order with flags when order is not negative, else a free. */
    record Op(int order, int gfp, int victim) {}

    @Provide
    Arbitrary<Geometry> geometries() {
        Arbitrary<Integer> few = Arbitraries.integers().between(0, 20);
        Arbitrary<Geometry.ZonePages> zones =
                Combinators.combine(few, few, Arbitraries.integers().between(1, 40), few, few)
                        .as(Geometry.ZonePages::new);
        return Combinators.combine(Arbitraries.integers().between(1, 4), zones)
                .as((nodes, pages) -> Geometry.numa(nodes).withPages(pages));
    }

    @Provide
    Arbitrary<List<Op>> ops() {
        Arbitrary<Integer> gfp =
                Arbitraries.of(
                        Gfp.KERNEL,
                        Gfp.KERNEL | Gfp.COMP,
                        Gfp.DMA,
                        Gfp.DMA32,
                        Gfp.HIGHMEM | Gfp.ZERO,
                        Gfp.HIGHMEM | Gfp.MOVABLE,
                        Gfp.ATOMIC | Gfp.THISNODE | Gfp.COMP);
        return Combinators.combine(
                        Arbitraries.integers().between(-3, 3),
                        gfp,
                        Arbitraries.integers().between(0, 999))
                .as(Op::new)
                .list()
                .ofMaxSize(120);
    }

    @Property(tries = 150)
    void pagesAreConservedAndBlocksComeTogetherAgain(
            @ForAll("geometries") Geometry geometry, @ForAll("ops") List<Op> ops) {
        MmMachine k = MmMachine.checked(geometry);
        PageAllocator pages = k.pages;
        List<List<Integer>> atBoot = freeBlocks(k);
        List<Block> held = new ArrayList<>();
        for (Op op : ops) {
            if (op.order >= 0) {
                long page = pages.allocPages(k.task, op.gfp | Gfp.NOWARN, op.order);
                if (page != 0) {
                    held.add(new Block(page, op.order));
                }
            } else if (!held.isEmpty()) {
                Block block = held.remove(op.victim % held.size());
                pages.freePages(k.task, block.page, block.order);
            }
            assertConserved(k, held);
        }
        while (!held.isEmpty()) {
            Block block = held.remove(held.size() / 2);
            pages.freePages(k.task, block.page, block.order);
        }
        assertThat(freeBlocks(k)).isEqualTo(atBoot);
        assertThat(k.reports()).isEmpty();
    }

    @Property(tries = 100)
    void aBlockIsAlignedAndItsAlone(
            @ForAll("geometries") Geometry geometry,
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        MmMachine k = MmMachine.bare(geometry);
        Random random = new Random(seed);
        boolean[] taken = new boolean[geometry.totalPages()];
        while (true) {
            int order = random.nextInt(geometry.maxOrder());
            long page = k.pages.allocPages(k.task, Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.NOWARN, order);
            if (page == 0 && order == 0) {
                break;
            }
            if (page != 0) {
                int pfn = (int) ((page - k.pages.pageAt(0)) / PageStruct.SIZE);
                assertThat(pfn % (1 << order)).isZero();
                for (int i = pfn; i < pfn + (1 << order); i++) {
                    assertThat(taken[i]).isFalse();
                    taken[i] = true;
                }
            }
        }
        assertThat(taken).doesNotContain(false);
    }

    @Property(tries = 50)
    void theSameRequestsGiveTheSamePages(
            @ForAll("geometries") Geometry geometry, @ForAll @Size(max = 30) List<Integer> orders) {
        MmMachine a = MmMachine.checked(geometry);
        MmMachine b = MmMachine.bare(geometry);
        for (int order : orders) {
            int o = Math.floorMod(order, geometry.maxOrder());
            assertThat(a.pages.allocPages(a.task, Gfp.NOWARN, o))
                    .isEqualTo(b.pages.allocPages(b.task, Gfp.NOWARN, o));
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void cpusInParallelLoseNothing() throws InterruptedException {
        MmMachine k = MmMachine.bare(Geometry.small());
        List<List<Integer>> atBoot = freeBlocks(k);
        List<Throwable> thrown = new ArrayList<>();
        List<Thread> cpus = new ArrayList<>();
        for (int cpu = 0; cpu < 2; cpu++) {
            Task task = Task.on(cpu);
            Thread thread = new Thread(() -> churn(k, task));
            thread.setUncaughtExceptionHandler(
                    (which, e) -> {
                        synchronized (thrown) {
                            thrown.add(e);
                        }
                    });
            cpus.add(thread);
        }
        cpus.forEach(Thread::start);
        for (Thread thread : cpus) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
        assertThat(k.reports()).isEmpty();
        assertThat(k.pages.check()).isNull();
        assertThat(freeBlocks(k)).isEqualTo(atBoot);
    }

    /** Allocates, marks its pages, looks whether the mark stays, and frees. */
    private static void churn(MmMachine k, Task task) {
        Random random = new Random(task.cpu());
        List<Block> held = new ArrayList<>();
        long mark = 0x1111 * (task.cpu() + 1L);
        for (int i = 0; i < 20_000 || !held.isEmpty(); i++) {
            if (i < 20_000 && random.nextBoolean()) {
                int order = random.nextInt(3);
                long page = k.pages.allocPages(task, Gfp.ATOMIC | Gfp.NOWARN | Gfp.COMP, order);
                if (page != 0) {
                    k.memory.write(k.pages.addressOf(page), mark);
                    PageStruct.setFlags(k.memory, page, PageStruct.PG_SLAB);
                    held.add(new Block(page, order));
                }
            } else if (!held.isEmpty()) {
                Block block = held.remove(random.nextInt(held.size()));
                if (k.memory.read(k.pages.addressOf(block.page)) != mark) {
                    throw new AssertionError("the page has another owner");
                }
                PageStruct.clearFlags(k.memory, block.page, PageStruct.PG_SLAB);
                k.pages.freePages(task, block.page, block.order);
            }
        }
    }

    private static void assertConserved(MmMachine k, List<Block> held) {
        long taken = held.stream().mapToLong(block -> 1L << block.order).sum();
        assertThat(k.pages.freePages() + taken).isEqualTo(k.pages.pages());
        long byNode = 0;
        for (int node = 0; node < k.geometry.nodes(); node++) {
            byNode += k.pages.freePagesOfNode(node);
        }
        assertThat(byNode).isEqualTo(k.pages.freePages());
        assertThat(k.pages.check()).isNull();
    }

    /** Free blocks as (pfn, order), without the order of the lists. */
    private static List<List<Integer>> freeBlocks(MmMachine k) {
        List<List<Integer>> blocks = new ArrayList<>();
        for (int i = 0; i < k.pages.pages(); i++) {
            long page = k.pages.pageAt(i);
            Memory m = k.memory;
            if ((m.peek(page + PageStruct.FLAGS) & PageStruct.PG_BUDDY) != 0) {
                blocks.add(List.of(i, (int) m.peek(page + PageStruct.PRIVATE)));
            }
        }
        return blocks;
    }
}
