package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.scenarios.Hands;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * Three tasks, of which one meets nobody: it runs before the others, and then two preemptions are
 * soon completed. One that meets somebody, and be it seldom, does not.
 */
class ThreeTasksTest {
    private static final Budget TWO_PREEMPTIONS = new Budget(4_000, 2, false).noMore();

    @Test
    void whoMeetsNobodyCostsNoInterleavings() {
        Verdict v = ModelCheck.run(Suspect.mainline("x"), new Words(false), TWO_PREEMPTIONS);
        assertThat(v.outcome().clean()).as("%s", v).isTrue();
        assertThat(v.detail()).contains("2 preemptions completed").contains("1 of them nowhere");
    }

    /** What it does wrong is wrong in some interleavings alone. */
    @Test
    void whoMeetsSomebodyIsPreemptedAndPreempts() {
        Verdict v = ModelCheck.run(Suspect.mainline("x"), new Words(true), TWO_PREEMPTIONS);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        assertThat(v.detail()).isEqualTo("the third task came in between");
    }

    @Test
    void theCpuThatIsTurnedOnMeetsNobodyOnTheFixedCode() {
        Verdict v =
                ModelCheck.run(
                        Suspect.mainline("U2b"),
                        Scenarios.byId("shrink-vs-destroy-vs-cpu-up").orElseThrow(),
                        new Budget(100, 0, false));
        assertThat(v.outcome().clean()).as("%s", v).isTrue();
        assertThat(v.detail()).endsWith("1 of them nowhere");
    }

    /** Two tasks that take turns at a word, and a third one at another, or at the same. */
    private static final class Words extends Scenario {
        private static final KernelConfig CONFIG = KernelConfig.of(Geometry.micro());
        private static final int ROUNDS = 3;
        private final boolean meets;

        Words(boolean meets) {
            super("words", "A scenario of a test.", "one", "another", "a third");
            this.meets = meets;
        }

        @Override
        public KernelConfig config() {
            return CONFIG;
        }

        @Override
        public long[] prefix(Kernel kernel, Hands hands) {
            long words = kernel.slab().kzalloc(kernel.task(0), 2 * Memory.WORD, Gfp.KERNEL);
            hands.hold(0, words);
            return new long[] {words, words + Memory.WORD};
        }

        @Override
        public void body(int task, Task self, Trial trial) {
            Memory m = trial.kernel().memory();
            if (task == 2) {
                long word = trial.setup(meets ? 0 : 1);
                // Only between the stores of the first task is there anything to be seen.
                if (m.readOnce(word) == 1) {
                    trial.note(2, 1);
                }
                return;
            }
            for (int i = 1; i <= ROUNDS; i++) {
                if (task == 0) {
                    m.writeOnce(trial.setup(0), i);
                } else {
                    trial.note(1, m.readOnce(trial.setup(0)));
                }
            }
        }

        @Override
        public List<String> judge(Trial trial) {
            return trial.noted(2) == 1 ? List.of("the third task came in between") : List.of();
        }
    }
}
