package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;

/** A boot in another order fails as the kernel does, by what it finds in memory. */
class BootRunTest {
    private static final List<BootStep> ORDER = BootStep.order(false);

    private static BootRun.Result run(Geometry g, List<BootStep> steps) {
        KernelConfig config = KernelConfig.of(g);
        return BootRun.of(config.with(config.slab().withDmaLate(true)), Steps.mainline(), steps);
    }

    private static BootRun.Result run(List<BootStep> steps) {
        return run(Geometry.small(), steps);
    }

    @Test
    void theKernelsOrderIsAccepted() {
        for (Geometry g : List.of(Geometry.micro(), Geometry.small(), Geometry.numa(4))) {
            BootRun.Result result = run(g, ORDER);
            assertThat(result.failures()).isEmpty();
            assertThat(result.accepted()).isTrue();
            for (int cpu = 0; cpu < g.cpus(); cpu++) {
                assertThat(result.kernel().machine().cpuOnline(cpu)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INIT_MEMORY_MAPPING, initmem_init, unable to handle kernel paging request",
        "INITMEM_INIT, kmem_cache_init, Creation of kmalloc slab kmem_cache",
        "MEMMAP_INIT, mem_init, NULL pointer dereference",
        "SETUP_PER_CPU_AREAS, kmem_cache_init, NULL pointer dereference",
        "MEM_INIT, kmem_cache_init, Creation of kmalloc slab kmem_cache",
        "KMEM_CACHE_INIT, acpi_boot_init, ACPI Error: Could not allocate",
        "LOCAL_IRQ_ENABLE, kmem_cache_init_late, sleeping function called from invalid context",
        "PERCPU_INIT_LATE, the first users, use-after-free",
        "KMEM_CACHE_INIT_LATE, the first users, GFP_DMA",
        "REGISTER_CPU_NOTIFIER, the first users, CPU#1 is gone and keeps objects of kmalloc-",
    })
    void aStepThatIsMissingShowsWhereItIsNeeded(BootStep step, String where, String said) {
        List<BootStep> steps = new ArrayList<>(ORDER);
        steps.remove(step);
        BootRun.Result result = run(steps);
        assertThat(result.failedAt()).isEqualTo(where);
        assertThat(String.join("\n", result.failures())).contains(said);
    }

    @ParameterizedTest
    @CsvSource({
        "MEM_INIT, Bad page state",
        "REGISTER_CPU_NOTIFIER, double register detected",
        "KMEM_CACHE_INIT, NULL pointer dereference",
        "LOCAL_IRQ_ENABLE, called with IRQs enabled",
        "SLAB_SYSFS_INIT, cannot create duplicate filename",
    })
    void aStepThatIsRepeatedFails(BootStep step, String said) {
        List<BootStep> steps = new ArrayList<>(ORDER);
        steps.add(steps.indexOf(step) + 1, step);
        BootRun.Result result = run(steps);
        assertThat(result.failedAt()).isEqualTo(step.kernelName());
        assertThat(String.join("\n", result.failures())).contains(said);
    }

    @Test
    void aCpuThatNobodyIsToldOfKeepsItsObjectsWithEachEngine() {
        for (String engine : KernelConfig.ENGINES) {
            List<BootStep> steps = new ArrayList<>(ORDER);
            KernelConfig config = KernelConfig.of(Geometry.small()).withEngine(engine);
            assertThat(BootRun.of(config, Steps.mainline(), steps).failures()).isEmpty();
            steps.remove(BootStep.REGISTER_CPU_NOTIFIER);
            BootRun.Result result = BootRun.of(config, Steps.mainline(), steps);
            assertThat(result.failures()).as(engine).hasSizeGreaterThan(0);
            assertThat(result.failures().get(0)).startsWith("CPU#1 is gone and keeps objects of ");
            // Without a second CPU nobody goes.
            steps.remove(BootStep.SMP_INIT);
            assertThat(BootRun.of(config, Steps.mainline(), steps).failures()).isEmpty();
        }
    }

    @Test
    void memoryThatNobodyIsToldOfHasNoStructs() {
        Geometry late = Geometry.numa(2).withLate(new Geometry.LateMemory(1, 0));
        for (String engine : KernelConfig.ENGINES) {
            KernelConfig config = KernelConfig.of(late).withEngine(engine);
            List<BootStep> steps = new ArrayList<>(ORDER);
            assertThat(BootRun.of(config, Steps.mainline(), steps).failures()).isEmpty();
            steps.remove(BootStep.HOTPLUG_MEMORY_NOTIFIER);
            BootRun.Result missing = BootRun.of(config, Steps.mainline(), steps);
            assertThat(missing.failedAt()).isEqualTo("the first users");
            assertThat(missing.taken()).isEqualTo(steps.size());
            assertThat(missing.failures().get(0)).contains("NULL pointer dereference");
            List<BootStep> twice = new ArrayList<>(ORDER);
            twice.add(BootStep.HOTPLUG_MEMORY_NOTIFIER);
            assertThat(BootRun.of(config, Steps.mainline(), twice).failures())
                    .singleElement()
                    .asString()
                    .contains("double register detected");
        }
    }
}
