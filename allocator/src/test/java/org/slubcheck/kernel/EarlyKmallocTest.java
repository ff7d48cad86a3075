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
}
