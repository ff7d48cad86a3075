package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** What a scenario demands of itself, in every order of its tasks. */
class ScenarioTest {
    private static Verdict run(Scenario<?> scenario) {
        return Check.property().run(scenario);
    }

    @Test
    void hasOneToThreeTasks() {
        Scenario.Builder<int[]> builder = Scenario.of("tasks", () -> new int[1]);
        assertThatThrownBy(() -> builder.oracle(s -> {})).hasMessageContaining("has 0 tasks");
        for (int i = 0; i < 4; i++) {
            builder.task("t" + i, s -> {});
        }
        assertThatThrownBy(() -> builder.oracle(s -> {})).hasMessageContaining("has 4 tasks");
    }

    @Test
    void everyOrderOfTheTasksIsRun() {
        Verdict v = run(Shares.atomic());
        Verdicts.assertClean(v);
        assertThat(v.outcome()).isEqualTo(Outcome.CLEAN_EXHAUSTED);
        assertThat(v.runs()).isEqualTo(2);
        assertThat(v.stepReached()).isEqualTo(2);
    }

    @Test
    void anOracleThatSaysNoToAnOrderIsFoundWithTheOrder() {
        Verdict v =
                run(
                        Scenario.of("order", () -> new StringBuilder())
                                .task("a", s -> s.append('a'))
                                .task("b", s -> s.append('b'))
                                .oracle(s -> Shares.demand(s.indexOf("a") == 0, "it is " + s)));
        Verdicts.assertFound(v, "it is ba");
        assertThat(v.timeline()).containsExactly("b", "a", "=> it is ba");
    }

    @Test
    void whatIsNeverReachedIsNotRun() {
        Verdict v =
                run(
                        Scenario.of("never there", () -> new int[1])
                                .task("one", s -> s[0]++)
                                .reach("two", s -> s[0] == 2)
                                .oracle(s -> {}));
        assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(v.detail()).isEqualTo("never seen: two");
    }

    @Test
    void anOracleThatAcceptsASpoiledStateIsAFault() {
        Verdict v =
                run(
                        Scenario.of("sees nothing", () -> new int[1])
                                .task("one", s -> s[0]++)
                                .rejects("another number", s -> s[0] = 7)
                                .oracle(s -> Shares.demand(s[0] > 0, "nothing")));
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).isEqualTo("the oracle accepts: another number");
    }

    @Test
    void anOracleThatFailsInAnotherWayIsAFault() {
        Verdict v =
                run(
                        Scenario.of("broken oracle", () -> new int[1])
                                .task("one", s -> s[0]++)
                                .oracle(s -> Shares.demand(s[1] == 0, "never asked")));
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("the oracle failed").contains("ArrayIndexOutOfBounds");
    }

    @Test
    void aStateThatCannotBeMadeIsAFault() {
        Verdict v =
                run(
                        Scenario.of("no state", () -> new int[-1])
                                .task("one", s -> s[0]++)
                                .oracle(s -> {}));
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("the state cannot be made");
    }

    @Test
    void aTaskThatThrowsIsFound() {
        Verdict v =
                run(
                        Scenario.of("throws", () -> new int[0])
                                .task("reader", s -> s[0]++)
                                .oracle(s -> {}));
        Verdicts.assertFound(v, "reader threw java.lang.ArrayIndexOutOfBounds");
    }
}
