package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.BootRun;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.properties.BootOrder.Broken;

/** A refusal in the wrong place, or in other words, is noticed. */
class BootFailuresTest {
    private static final Broken LATER =
            new Broken(2, BootStep.FREE_INITMEM, false, BootStep.PERCPU_INIT_LATE);
    private static final Broken AT_ONCE =
            new Broken(4, BootStep.SMP_INIT, false, BootStep.LOCAL_IRQ_ENABLE);
    private static final String UAF = "BUG: KASAN: use-after-free in 0x10";
    private static final String SLEEPS = "BUG: sleeping function called from invalid context";

    private static List<String> wrong(int taken, String... said) {
        return BootFailures.wrong(
                List.of(LATER, AT_ONCE), new BootRun.Result("a step", taken, List.of(said), null));
    }

    @Test
    void whatIsKnownIsRight() {
        assertThat(wrong(4, SLEEPS)).isEmpty();
        assertThat(wrong(4, SLEEPS, UAF)).isEmpty();
        assertThat(wrong(3, UAF)).isEmpty();
        assertThat(wrong(2, UAF, UAF)).isEmpty();
    }

    @Test
    void otherWordsAreNot() {
        assertThat(wrong(4, SLEEPS, "kernel BUG at mm/slub.c kfree!"))
                .containsExactly(
                        "a step says something else of [" + LATER + ", " + AT_ONCE + "]",
                        "kernel BUG at mm/slub.c kfree!");
        assertThat(wrong(3, SLEEPS)).as("its step has not come").hasSize(2);
    }

    /** Two owners of a page may do much to each other, and yet the kernel is not to be silent. */
    @Test
    void pagesWithTwoOwnersSayWhatRowsSay() {
        Broken cleared = new Broken(2, BootStep.INITMEM_INIT, true, BootStep.KMEM_CACHE_INIT);
        for (String said :
                List.of(
                        "BUG: KASAN: slab-use-after-free in 0x10",
                        "kernel BUG at mm/slub.c kfree!",
                        "/proc/slabinfo: two caches are called a")) {
            assertThat(wrong(cleared, said)).isEmpty();
        }
        for (String said :
                List.of("what any other row says", "a step fails, and nothing is said", "")) {
            assertThat(wrong(cleared, said)).hasSize(2);
        }
    }

    private static List<String> wrong(Broken only, String said) {
        return BootFailures.wrong(
                List.of(only), new BootRun.Result("a step", 3, List.of(said), null));
    }

    /** A kernel that only clears the map once more, behind its first slabs, meets what they hold. */
    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub", "slub-lockless"})
    void whoClearsTheMapOnceMoreUsesWhatWasFreed(String engine) {
        for (Geometry geometry : List.of(Geometry.small(), Geometry.numa(2))) {
            KernelConfig kernel =
                    KernelConfig.of(geometry).withEngine(engine).withEarlyKmalloc(true);
            assertUsesWhatWasFreed(kernel, BootStep.ACPI_BOOT_INIT, "acpi_boot_init");
            assertUsesWhatWasFreed(kernel, BootStep.MEMMAP_INIT, "percpu_init_late");
        }
    }

    private static void assertUsesWhatWasFreed(KernelConfig kernel, BootStep before, String in) {
        List<BootStep> order = new ArrayList<>(BootStep.order(true));
        order.add(order.indexOf(before), BootStep.INITMEM_INIT);
        BootRun.Result result = BootRun.of(kernel, Steps.mainline(), order);
        assertThat(BootOrder.broken(order, kernel)).hasSize(1);
        assertThat(result.failedAt()).isEqualTo(in);
        assertThat(result.failures())
                .isNotEmpty()
                .allMatch(said -> said.matches("(?s)BUG: KASAN: (slab-)?use-after-free in .*"));
    }

    @Test
    void anotherPlaceIsNot() {
        assertThat(wrong(1, UAF).get(0)).startsWith("a step fails before " + LATER);
        assertThat(wrong(5, SLEEPS).get(0)).startsWith(AT_ONCE + " shows only in a step");
    }
}
