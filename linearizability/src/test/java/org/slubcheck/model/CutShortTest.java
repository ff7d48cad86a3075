package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;

/** An exploration that was switched off is never clean, whatever the tool says of it. */
class CutShortTest {
    private static final Budget SMALL = new Budget(200, 1, false);

    /** Two tasks that have interleavings enough. */
    public static class Increments {
        private static volatile int before;
        private volatile int count;

        /** Adds one, in two accesses. */
        @Operation
        public void task0() {
            int seen = count;
            count = seen + 1;
        }

        /** Adds two, in two accesses. */
        @Operation
        public void task1() {
            int seen = count;
            count = seen + 2;
        }

        final void spin() {
            int seen = before;
            before = seen + 1;
        }
    }

    /** The same, after a loop of more iterations than the tool follows in a task. */
    public static final class LongStart extends Increments {
        private static final int ITERATIONS = 1_000;

        /** The loop. */
        public LongStart() {
            for (int i = 0; i < ITERATIONS; i++) {
                spin();
            }
        }
    }

    @Test
    void aLoopBeforeTheTasksCostsNoInterleaving() {
        Exploration.Result brief = explore(Increments.class);
        Exploration.Result looped = explore(LongStart.class);

        assertThat(ModelCheck.clean(brief, SMALL).outcome()).isEqualTo(Outcome.CLEAN_EXHAUSTED);
        assertThat(looped.interleavings()).isEqualTo(brief.interleavings()).isGreaterThan(1);
    }

    @Test
    void oneInterleavingOfTwoTasksIsNotClean() {
        Exploration.Result switchedOff = new Exploration.Result(null, 1, 9, 7, true);

        assertThat(ModelCheck.clean(switchedOff, SMALL).outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void aSpaceThatEndsBeforeThePreemptionsAskedForIsNotClean() {
        Exploration.Result shallow = new Exploration.Result(null, 3, 2, 0, true);

        assertThat(ModelCheck.clean(shallow, SMALL).outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    private static Exploration.Result explore(Class<?> test) {
        return Exploration.run(
                test,
                List.of(
                        List.of(new Exploration.Operation("task0")),
                        List.of(new Exploration.Operation("task1"))),
                test,
                CountingVerifier.class,
                SMALL);
    }
}
