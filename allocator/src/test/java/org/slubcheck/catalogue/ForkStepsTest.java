package org.slubcheck.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubq.SlubqSteps;

/**
 * That a step was reached is to say that the code under test ran. Every run is on a copy of a kernel,
 * so a step that the copying itself asked would always be reached.
 */
class ForkStepsTest {
    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub", "slub-lockless"})
    void aCopyReachesNoStep(String engine) {
        Set<String> reached = new TreeSet<>();
        Steps steps = Steps.mainline();
        for (Defect<?> defect : Defects.all()) {
            steps = steps.watching(defect.step(), () -> reached.add(defect.step().name()));
        }
        KernelConfig config = KernelConfig.of(Geometry.small()).withEngine(engine);
        Kernel kernel = Kernel.bootChecked(config, steps);
        assertThat(reached).as("a boot reaches some").isNotEmpty();
        reached.clear();
        kernel.fork();
        kernel.forkChecked();
        assertThat(reached).isEmpty();
    }

    @Test
    void theHookBeforeAnAllocationIsAskedByOneThatFindsAnEmptyQueue() {
        AtomicInteger reached = new AtomicInteger();
        Steps steps = Steps.mainline().watching(SlubqSteps.PRE_ALLOC, reached::incrementAndGet);
        Kernel kernel = Kernel.boot(KernelConfig.of(Geometry.small()), steps).fork();
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long s = slab.create(t, "empty", 48, 0, 0, 0);
        reached.set(0);

        long first = slab.alloc(t, s, Gfp.KERNEL);
        assertThat(reached).hasPositiveValue();
        int slow = reached.get();
        slab.free(t, s, first);
        assertThat(slab.alloc(t, s, Gfp.KERNEL)).isEqualTo(first);
        assertThat(reached).as("the fast path has nothing to ask").hasValue(slow);
    }

    @Test
    void codeThatRefusesWhatWasNotInjectedIsAskedEveryTime() {
        AtomicInteger reached = new AtomicInteger();
        boolean[] broken = {false};
        Steps steps =
                Steps.mainline()
                        .with(SlubqSteps.PRE_ALLOC, injected -> injected != broken[0])
                        .watching(SlubqSteps.PRE_ALLOC, reached::incrementAndGet);
        Kernel kernel = Kernel.boot(KernelConfig.of(Geometry.numa(2)), steps);
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long s = slab.create(t, "empty", 48, 0, 0, 0);
        broken[0] = true;
        for (int i = 1; i <= 10; i++) {
            reached.set(0);
            assertThat(slab.allocNode(t, s, Gfp.KERNEL, i % 3 - 1)).isZero();
            assertThat(reached).hasValue(1);
            kernel.machine().checkReturn(t, false, "kmem_cache_alloc");
        }
        assertThat(kernel.reports()).isEmpty();
        broken[0] = false;
        assertThat(slab.alloc(t, s, Gfp.KERNEL)).isNotZero();
    }
}
