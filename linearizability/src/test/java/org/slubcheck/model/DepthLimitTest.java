package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.kotlinx.lincheck.runner.InvocationResult;
import org.jetbrains.kotlinx.lincheck.runner.Runner;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.junit.jupiter.api.Test;

/** An exploration that ends at a depth: what it says of what it left out. */
class DepthLimitTest {
    /** A tree of so many interleavings; one that was chosen is off it. */
    private static final class Tree extends Strategy {
        private int left;

        Tree(int interleavings) {
            left = interleavings;
        }

        @Override
        public boolean nextInvocation() {
            return left-- > 0;
        }

        @Override
        public Runner getRunner$lincheck() {
            throw new UnsupportedOperationException();
        }

        @Override
        public InvocationResult runInvocation() {
            throw new UnsupportedOperationException();
        }
    }

    private final AtomicBoolean deep = new AtomicBoolean();

    private DepthLimit limit(int interleavings) {
        return new DepthLimit(new Tree(interleavings), deep::get);
    }

    @Test
    void aTreeThatWasRunToItsEndIsExhausted() {
        DepthLimit limit = limit(2);
        assertThat(limit.nextInvocation()).isTrue();
        assertThat(limit.nextInvocation()).isTrue();
        assertThat(limit.nextInvocation()).isFalse();
        assertThat(limit.exhausted()).isTrue();
    }

    /** To be asked once more is what settles whether anything is left: ModelOptions.exhausted. */
    @Test
    void aStopAtADepthLeavesTheInterleavingThatWasChosenLast() {
        DepthLimit limit = limit(3);
        assertThat(limit.nextInvocation()).isTrue();
        assertThat(limit.nextInvocation()).isTrue();
        deep.set(true);
        assertThat(limit.nextInvocation()).as("the third is chosen, and not run").isFalse();
        assertThat(limit.exhausted()).isFalse();

        assertThat(limit.nextInvocation()).isFalse();
        assertThat(limit.exhausted()).as("it was never run").isFalse();
    }

    @Test
    void whatIsNotDeepEnoughGoesOn() {
        DepthLimit limit = limit(1);
        assertThat(limit.nextInvocation()).isTrue();
        assertThat(limit.exhausted()).isFalse();
    }
}
