package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.scenarios.Hands;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Every two operations on one cache: a look at each here, two preemptions in the gate. */
class PairsTest {
    private static final int OPERATIONS = 9;

    private static final Budget BRIEF = new Budget(40, 0, false);

    static List<Scenario> pairs() {
        return Scenarios.pairs();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void bothDoTheirWorkAtTheSameTimeAndNothingIsWrong(Scenario pair) {
        Verdict v = ModelCheck.run(Suspect.mainline("pairs"), pair, BRIEF);

        assertThat(v.outcome().clean()).as("%s", v).isTrue();
        assertThat(v.detail()).contains("both at once in ");
    }

    @ParameterizedTest
    @CsvSource({
        "pair-alloc-alloc, F04",
        "pair-alloc-resize, Q04a",
        "pair-free-resize, Q04a",
        "pair-remote-free-resize, Q04a",
        "pair-remote-free-alien-resize, F13",
        "pair-resize-expire, F21",
        "pair-shared-off-on-expire, F21",
        "pair-alien-resize-expire, F21"
    })
    void aMistakeInOneOfTheTwoIsNoticed(String pair, String id) {
        Scenario scenario = Scenarios.byId(pair).orElseThrow();
        Steps broken = Defects.byId(id).orElseThrow().install(Steps.mainline());
        Verdict v = ModelCheck.run(Suspect.broken(id, broken), scenario, Budget.FIND);

        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        assertThat(v.runs()).isLessThan(200);
    }

    @Test
    void aSizeThatWasAskedForAndIsNotThereIsNoticed() {
        Steps deaf = Steps.mainline().with(SlubqNumaSteps.RECONFIGURE, (k, t, s, shift) -> {});

        assertThat(wrongWith(deaf, "pair-free-alien-resize")).startsWith("alien_shift is ");
    }

    @Test
    void queuesThatAreNotMadeAgainAreNoticed() {
        Steps forgetful =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.RECONFIGURE,
                                (k, t, s, shift) -> {
                                    SharedCache.remove(k, t, s);
                                    AlienCache.setShift(k, s, shift);
                                });

        // The prefix is made with the same code, so that there the shared queues come behind it.
        assertThat(wrongWith(forgetful, "pair-free-alien-resize"))
                .startsWith("nr_shared is 0, and what was asked for last is one of [2]");
    }

    private static String wrongWith(Steps broken, String pair) {
        Scenario scenario = Scenarios.byId(pair).orElseThrow();
        Verdict v = ModelCheck.run(Suspect.broken("broken", broken), scenario, BRIEF);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        return v.detail();
    }

    @Test
    void everyTwoOperationsAreThereAndEachWithItself() {
        assertThat(pairs()).hasSize(OPERATIONS * (OPERATIONS + 1) / 2);
        assertThat(pairs()).extracting(Scenario::id).doesNotHaveDuplicates();
    }

    /** A scenario that says what it needs to see, and shows something else. */
    private static final class Promise extends Scenario {
        private static final KernelConfig CONFIG = KernelConfig.of(Geometry.micro());
        private final String shown;

        Promise(String shown) {
            super("promise", "A scenario of a test.", "one", "another");
            this.shown = shown;
        }

        @Override
        public KernelConfig config() {
            return CONFIG;
        }

        @Override
        public long[] prefix(Kernel kernel, Hands hands) {
            return new long[0];
        }

        @Override
        public void body(int task, Task self, Trial trial) {
            long object = trial.kernel().slab().kmalloc(self, 32, Gfp.KERNEL);
            trial.kernel().slab().kfree(self, object);
        }

        @Override
        public List<String> evidence(Trial trial) {
            return List.of(shown);
        }

        @Override
        public List<String> needed() {
            return List.of("what was promised");
        }
    }

    @Test
    void aScenarioThatNeverDoesWhatItIsThereForIsAFault() {
        Verdict v = ModelCheck.run(Suspect.mainline("x"), new Promise("something"), BRIEF);

        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).isEqualTo("never seen: what was promised");
    }

    @Test
    void aScenarioThatDoesSaysHowOften() {
        Verdict v = ModelCheck.run(Suspect.mainline("x"), new Promise("what was promised"), BRIEF);

        assertThat(v.outcome().clean()).as("%s", v).isTrue();
        assertThat(v.detail()).endsWith("what was promised in " + v.runs());
    }
}
