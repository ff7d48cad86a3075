package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.BootRun;
import org.slubcheck.kernel.BootStep;
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

    @Test
    void anotherPlaceIsNot() {
        assertThat(wrong(1, UAF).get(0)).startsWith("a step fails before " + LATER);
        assertThat(wrong(5, SLEEPS).get(0)).startsWith(AT_ONCE + " shows only in a step");
    }
}
