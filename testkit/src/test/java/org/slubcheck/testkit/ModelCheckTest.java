package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The model checker, its verdicts and its replay. */
class ModelCheckTest {
    @Test
    void theCanariesComeOutAsTheyMust() {
        assertThat(Check.canaries(Technique.MODEL))
                .hasSize(4)
                .allMatch(Verdict::asExpected)
                .allMatch(Verdict::ofCanary);
        assertThat(Check.canaries(Technique.MODEL)).filteredOn(v -> !v.fixed()).hasSize(2);
    }

    @Test
    void whatIsRightIsCleanInEveryInterleaving() {
        Verdict v = Verdicts.assertClean(Check.model().preemptions(5).run(Shares.atomic()));
        assertThat(v.outcome()).isEqualTo(Outcome.CLEAN_EXHAUSTED);
        assertThat(v.runs()).isGreaterThan(2);
        assertThat(v.counts().stream().mapToLong(c -> c.runs()).sum()).isEqualTo(v.runs());
        assertThat(v.stepReached()).isEqualTo(v.runs());
    }

    @Test
    void aLostUpdateIsFoundAndToldWithAColumnForEachTask() {
        Verdict v = Check.model().run(Shares.lostUpdate());
        Verdicts.assertFound(v, "lost update: 1");
        assertThat(v.timeline().get(0)).matches(" +step +one +other");
        assertThat(v.timeline()).anyMatch(line -> line.contains(".count -> 0  Shares.java"));
        assertThat(v.timeline()).last().isEqualTo("=> lost update: 1");
        assertThat(v.timeline()).hasSizeLessThan(20);
        assertThat(v.marks()).extracting(Mark::what).contains(Mark.What.PREEMPTED);
        assertThat(v.marks()).last().isEqualTo(Mark.wrong("lost update: 1"));
        assertThat(v.marks()).extracting(Mark::cpu).contains(0, 1);
    }

    @Test
    void aFindIsReplayedInTheSameSteps() {
        Verdict first = Check.model().run(Shares.lostUpdate());
        Verdict again = Check.model().replay(first).run(Shares.lostUpdate());
        assertThat(again.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(again.timeline()).isEqualTo(first.timeline());
        assertThat(again.seed()).isEqualTo(first.seed());
        assertThat(again.runs()).isLessThanOrEqualTo(first.runs());
    }

    @Test
    void aReplayThatDoesNotFailProvesNothing() {
        Verdict v = Check.model().replay("0>1").run(Shares.lostUpdate());
        assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(v.detail()).contains("does not fail");
    }

    @Test
    void aReplayOfOtherCodeIsAFault() {
        Verdict v = Check.model().replay("0>1,500>0").run(Shares.lostUpdate());
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("has no interleaving 0>1,500>0");
    }

    @Test
    void onlyAnInterleavingCanBeReplayed() {
        assertThatThrownBy(() -> Check.model().replay("1 then 0"))
                .hasMessage("not an interleaving: 1 then 0");
        Verdict clean = Check.model().run(Shares.atomic());
        assertThatThrownBy(() -> Check.model().replay(clean)).hasMessageContaining("no schedule");
    }

    @Test
    void aDeadlockIsFound() {
        Verdict v = Check.model().run(Shares.deadlock());
        Verdicts.assertFound(v, "deadlock");
        assertThat(v.timeline()).anyMatch(line -> line.contains("~~ waits"));
        assertThat(Check.model().replay(v).run(Shares.deadlock()).timeline())
                .isEqualTo(v.timeline());
    }

    @Test
    void aTaskThatThrowsIsFound() {
        Scenario<Shares.Plain> scenario =
                Scenario.of("throws", Shares.Plain::new)
                        .task("writer", c -> c.count = 1)
                        .task("reader", c -> Shares.demand(c.count == 0, "read too late"))
                        .oracle(c -> {});
        Verdicts.assertFound(Check.model().run(scenario), "reader: read too late");
    }

    @Test
    void whatATaskThrewIsTheFindWhenTheOracleFailsOnWhatIsLeft() {
        Verdict v = Check.model().run(Shares.cutShort());
        Verdicts.assertFound(v, "^other threw java.lang.IllegalStateException: no room");
        assertThat(v.timeline()).last().isEqualTo("=> " + v.detail());
    }

    @Test
    void anotherSymptomIsAFault() {
        Verdict v = Check.model().symptom("deadlock").run(Shares.lostUpdate());
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.asExpected()).isFalse();
        assertThat(Check.model().symptom("lost").run(Shares.lostUpdate()).asExpected()).isTrue();
    }

    @Test
    void anOracleThatFailsIsAFault() {
        Scenario<int[]> scenario =
                Scenario.of("broken oracle", () -> new int[1])
                        .task("one", s -> s[0]++)
                        .task("other", s -> s[0]++)
                        .oracle(s -> Shares.demand(s[1] == 0, "never asked"));
        Verdict v = Check.model().run(scenario);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("the oracle failed");
    }

    @Test
    void memoryThatItDoesNotSeeMakesItBlind() {
        Verdict v = Check.model().run(Shares.outOfSight());
        assertThat(v.outcome()).isEqualTo(Outcome.TOOL_BLIND);
    }

    /** Lincheck sees an atomic operation where instrumented code calls it; {@link Shares#atomic}. */
    @Test
    void aReferenceToAMethodOfJavaIsNotSeenAndToldSo() {
        Scenario<AtomicInteger> scenario =
                Scenario.of("references", AtomicInteger::new)
                        .task("one", AtomicInteger::incrementAndGet)
                        .task("other", AtomicInteger::incrementAndGet)
                        .oracle(c -> Shares.demand(c.get() == 2, "lost update: " + c));
        Verdict v = Check.model().run(scenario);
        assertThat(v.outcome()).isEqualTo(Outcome.TOOL_BLIND);
        assertThat(v.detail())
                .endsWith("of a lambda they are, of a reference to Java's own method not");
    }

    @Test
    void tasksOfOneStepAreNothingToInterleave() {
        Scenario<int[]> scenario =
                Scenario.of("idle", () -> new int[1])
                        .task("one", s -> {})
                        .task("two", s -> {})
                        .task("three", s -> {})
                        .oracle(s -> {});
        assertThat(Check.model().run(scenario).outcome()).isEqualTo(Outcome.TOOL_BLIND);
    }

    @Test
    void aBoundThatIsNotReachedIsSaid() {
        Verdict v = Check.model().interleavings(5).run(Shares.atomic());
        assertThat(v.outcome()).isEqualTo(Outcome.BOUND_HIT);
        assertThat(v.detail()).contains("2 asked for");
    }

    @Test
    void aBlindCanaryMakesItBlind() {
        Verdict v = new ModelCheck(() -> "canary.lost-update: NOT-RUN").run(Shares.atomic());
        assertThat(v.outcome()).isEqualTo(Outcome.TOOL_BLIND);
        assertThat(v.detail()).isEqualTo("canary.lost-update: NOT-RUN");
    }

    @Test
    void oneTaskHasNothingToInterleave() {
        Scenario<int[]> scenario =
                Scenario.of("alone", () -> new int[1])
                        .task("one", s -> s[0]++)
                        .oracle(s -> Shares.demand(s[0] == 1, "not counted"));
        Verdict v = Verdicts.assertClean(Check.model().run(scenario));
        assertThat(v.outcome()).isEqualTo(Outcome.CLEAN_EXHAUSTED);
    }

    @Test
    void threeTasksAreRun() {
        Scenario<Shares.Plain> scenario =
                Scenario.of("three", Shares.Plain::new)
                        .task("a", c -> c.count++)
                        .task("b", c -> c.count++)
                        .task("c", c -> c.count++)
                        .oracle(c -> Shares.demand(c.count > 1, "two lost: " + c.count));
        Verdict v = Check.model().run(scenario);
        Verdicts.assertFound(v, "two lost: 1");
        assertThat(v.timeline().get(0)).matches(" +step +a +b +c");
    }
}
