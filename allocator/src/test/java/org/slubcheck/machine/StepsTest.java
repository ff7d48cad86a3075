package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

final class StepsTest {
    private static final Step<IntUnaryOperator> NEXT = step("next", i -> i + 1);
    private static final Step<IntUnaryOperator> TWICE = step("twice", i -> 2 * i);

    private static Step<IntUnaryOperator> step(String name, IntUnaryOperator mainline) {
        return new Step<>(
                name,
                mainline,
                (code, reached) ->
                        i -> {
                            reached.run();
                            return code.applyAsInt(i);
                        });
    }

    @Test
    void theMainlineRunsUnlessReplaced() {
        Steps steps = Steps.mainline().with(NEXT, i -> i - 1);
        assertThat(Steps.mainline().get(NEXT).applyAsInt(5)).isEqualTo(6);
        assertThat(steps.get(NEXT).applyAsInt(5)).isEqualTo(4);
        assertThat(steps.get(TWICE).applyAsInt(5)).isEqualTo(10);
    }

    @Test
    void aStepIsReplacedAtMostOnce() {
        Steps steps = Steps.mainline().with(NEXT, i -> i).with(TWICE, i -> i);
        assertThatThrownBy(() -> steps.with(NEXT, i -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("next");
    }

    @Test
    void aWatcherIsToldWhateverCodeStandsThere() {
        AtomicInteger reached = new AtomicInteger();
        Steps steps = Steps.mainline().watching(NEXT, reached::incrementAndGet);
        assertThat(steps.get(NEXT).applyAsInt(5)).isEqualTo(6);
        assertThat(steps.with(NEXT, i -> 0).get(NEXT).applyAsInt(5)).isZero();
        assertThat(reached).hasValue(2);
        assertThat(steps.get(TWICE).applyAsInt(1)).isEqualTo(2);
        assertThat(reached).hasValue(2);
    }

    @Test
    void unwatchedCodeIsTheCodeItself() {
        assertThat(Steps.mainline().get(NEXT)).isSameAs(NEXT.mainline());
        assertThat(NEXT).hasToString("next");
        assertThat(NEXT.name()).isEqualTo("next");
    }
}
