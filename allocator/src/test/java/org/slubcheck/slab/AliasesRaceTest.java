package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * The file {@code aliases} is read while another CPU makes an alias, one thread behind the other, so
 * that nothing orders them but the run.
 */
class AliasesRaceTest {
    private final Kernel kernel =
            Kernel.bootChecked(KernelConfig.of(Geometry.small()), Steps.mainline());
    private final Slab slab = kernel.slab();
    private final long cache = slab.create(kernel.task(0), "one", 24, 0, 0, 0);

    AliasesRaceTest() {
        kernel.checked().startRaceDetection();
        long alias = inThread(0, task -> slab.create(task, "two", 24, 0, 0, 0));
        assertThat(alias).isEqualTo(cache);
    }

    /** What a task does. */
    private interface Body<T> {
        T run(Task task);
    }

    private <T> T inThread(int cpu, Body<T> body) {
        Supplier<T> work =
                () -> {
                    Task task = kernel.task(cpu);
                    kernel.memory().runs(task);
                    return body.run(task);
                };
        return CompletableFuture.supplyAsync(work, r -> new Thread(r).start()).join();
    }

    @Test
    void theFileMayRace() {
        String shown = inThread(1, t -> SlabAttributes.show(slab, t, cache, "aliases"));
        assertThat(shown).isEqualTo(kernel.memory().peekInt(cache + KmemCache.REFCOUNT) - 1 + "\n");
        assertThat(kernel.reports()).noneMatch(r -> r.contains("data-race"));
    }

    @Test
    void aPlainLoadOfTheCountWouldBeReported() {
        inThread(1, t -> KmemCache.refcount(kernel.memory(), cache));
        assertThat(kernel.reports())
                .anyMatch(
                        r -> r.matches("(?s)BUG: KCSAN: data-race in .*\nread by .*\nwrite by .*"));
    }
}
