package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;

/** A kernel whose kmalloc works before there is a page allocator. */
class EarlyKmallocTest {
    static List<KernelConfig> machines() {
        List<KernelConfig> all = new ArrayList<>();
        for (String engine : KernelConfig.ENGINES) {
            for (Geometry g :
                    List.of(
                            Geometry.micro(),
                            Geometry.small(),
                            Geometry.small().withPageSize(4096),
                            Geometry.numa(4))) {
                all.add(KernelConfig.of(g).withEngine(engine).withEarlyKmalloc(true));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void bootsToTheEnd(KernelConfig config) {
        Kernel kernel = Kernel.bootChecked(config, Steps.mainline());
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        kernel.slab().kfree(kernel.task(0), kernel.slab().kmalloc(kernel.task(0), 24, Gfp.KERNEL));
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void theKernelsOrderIsAccepted(KernelConfig config) {
        BootRun.Result result = BootRun.of(config, Steps.mainline(), BootStep.order(true));
        assertThat(result.failures()).isEmpty();
    }

    /** The large block is pages of its own, the small one an object of a slab. */
    @ParameterizedTest
    @MethodSource("machines")
    void whatIsAllocatedEarlyIsFreedLate(KernelConfig config) {
        Kernel kernel = Kernel.offChecked(config, Steps.mainline());
        Task task = kernel.task(0);
        kernel.machine().irqDisable(task);
        List<BootStep> order = BootStep.order(true);
        int early = order.indexOf(BootStep.ACPI_BOOT_INIT);
        order.subList(0, early).forEach(step -> kernel.take(task, step));
        int large = config.geometry().kmallocMax() + 1;
        long[] held = {
            kernel.slab().kmalloc(task, 24, Gfp.ATOMIC),
            kernel.slab().kmalloc(task, large, Gfp.ATOMIC)
        };
        kernel.memory().fill(held[1], large, 0x41);
        assertThat(kernel.pages().early().peekActive()).isTrue();
        order.subList(early, order.size()).forEach(step -> kernel.take(task, step));
        assertThat(kernel.pages().early().peekActive()).isFalse();
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, held)).isEmpty();
        long page = kernel.pages().headPageOf(held[1]);
        long free = kernel.pages().freePages();
        int order2 = PageStruct.compoundOrder(kernel.memory(), page);
        for (long p : held) {
            kernel.slab().kfree(task, p);
        }
        assertThat(kernel.pages().freePages()).isGreaterThanOrEqualTo(free + (1L << order2));
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @Test
    void bootMemoryIsInTheBooksBeforeItIsGivenAway() {
        KernelConfig config = KernelConfig.of(Geometry.numa(2)).withEarlyKmalloc(true);
        Kernel kernel = Kernel.offChecked(config, Steps.mainline());
        Task task = kernel.task(0);
        for (BootStep step : BootStep.order(true)) {
            if (step == BootStep.MEM_INIT) {
                break;
            }
            kernel.machine().irqDisable(task);
            kernel.take(task, step);
            kernel.machine().irqEnable(task);
            if (step.compareTo(BootStep.SETUP_PER_CPU_AREAS) >= 0) {
                assertThat(Census.of(kernel, new long[0])).as(step.kernelName()).isEmpty();
            }
        }
    }

    /** A kernel that has come to the first kmem_cache_init, irqs off. */
    private static Kernel early(Geometry g, Task task) {
        Kernel kernel =
                Kernel.offChecked(KernelConfig.of(g).withEarlyKmalloc(true), Steps.mainline());
        kernel.memory().runs(task);
        kernel.machine().irqDisable(task);
        List<BootStep> order = BootStep.order(true);
        order.subList(0, order.indexOf(BootStep.KMEM_CACHE_INIT) + 1)
                .forEach(step -> kernel.take(task, step));
        return kernel;
    }

    private static long pages(Kernel kernel, Task task, int node) {
        int size = kernel.geometry().kmallocMax() + 1;
        long p = kernel.slab().kmallocNode(task, size, Gfp.ATOMIC, node);
        assertThat(p).isNotZero();
        return kernel.pages().headPageOf(p);
    }

    @Test
    void eachNodeHasABitmapOfItsOwn() {
        Task task = Task.on(0);
        Kernel kernel = early(Geometry.numa(4), task);
        long[] page = new long[4];
        for (int node = 0; node < page.length; node++) {
            page[node] = pages(kernel, task, node);
            assertThat(kernel.pages().nodeOf(page[node])).isEqualTo(node);
        }
        for (int node = 0; node < page.length; node++) {
            for (int other = 0; other < page.length; other++) {
                assertThat(kernel.pages().bootmem().peekOwns(page[other])).isEqualTo(other < node);
            }
            kernel.slab().kfree(task, kernel.pages().addressOf(page[node]));
            assertThat(kernel.pages().bootmem().peekOwns(page[node])).isTrue();
        }
        assertThat(kernel.reports()).isEmpty();
    }

    @Test
    void theSecondCallChangesNothing() {
        Task task = Task.on(0);
        Kernel kernel = early(Geometry.numa(2), task);
        kernel.take(task, BootStep.MEMMAP_INIT);
        kernel.take(task, BootStep.MEM_INIT);
        List<Long> caches = kernel.slab().caches();
        long free = kernel.pages().freePages();
        int lines = kernel.console().lines().size();
        kernel.take(task, BootStep.KMEM_CACHE_INIT);
        assertThat(kernel.slab().caches()).isEqualTo(caches).isNotEmpty();
        assertThat(kernel.pages().freePages()).isEqualTo(free);
        assertThat(kernel.console().lines()).hasSize(lines);
        kernel.machine().irqEnable(task);
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @Test
    void aNodeWithoutMemoryIsServedByTheNearest() {
        Task task = Task.on(0);
        Geometry g = Geometry.numa(4).withLate(new Geometry.LateMemory(1, 0));
        Kernel kernel = early(g, task);
        int from = kernel.pages().nodeOf(pages(kernel, task, 3));
        for (int node = 0; node < 3; node++) {
            assertThat(g.distance(3, from)).isLessThanOrEqualTo(g.distance(3, node));
        }
        assertThat(kernel.reports()).isEmpty();
    }
}
