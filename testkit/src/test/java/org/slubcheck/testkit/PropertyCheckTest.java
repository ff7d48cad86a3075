package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import net.jqwik.api.Arbitraries;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Sequences of calls, their shrinking and their replay. */
class PropertyCheckTest {
    private static final Specification<Queue<Integer>, Deque<Integer>> WRONG =
            BoundedQueues.specification("ForgetfulQueue", ForgetfulQueue::new);

    @Test
    void theCanariesComeOutAsTheyMust() {
        assertThat(Check.canaries(Technique.PROPERTY)).hasSize(2).allMatch(Verdict::asExpected);
    }

    @Test
    void aSequenceThatFailsIsMadeAsSmallAsItGets() {
        Verdict v = Check.property().run(WRONG);
        Verdicts.assertFound(v, "offer\\(0\\) gave true, must be false");
        assertThat(v.timeline())
                .containsExactly(
                        "offer(0) = true",
                        "offer(0) = true",
                        "offer(0) = true",
                        "=> offer(0) gave true, must be false");
    }

    @Test
    void aSeedReplaysAFind() {
        Verdict first = Check.property().seed(42).run(WRONG);
        assertThat(first.seed()).isEqualTo("42");
        Verdict again = Check.property().replay(first).run(WRONG);
        assertThat(again.timeline()).isEqualTo(first.timeline());
        assertThat(again.runs()).isEqualTo(first.runs());
        assertThatThrownBy(() -> Check.property().replay(Check.property().run(Shares.atomic())))
                .hasMessageContaining("no seed");
    }

    @Test
    void aShrunkSequenceIsARegressionTest() {
        List<Specification.Call<Queue<Integer>, Deque<Integer>>> sequence =
                List.of(WRONG.call("offer", 0), WRONG.call("offer", 0), WRONG.call("offer", 0));
        Verdicts.assertFound(Check.property().run(WRONG, sequence), "must be false");
        Verdict shorter = Check.property().run(WRONG, sequence.subList(1, 3));
        assertThat(shorter.outcome()).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThatThrownBy(() -> Check.property().run(WRONG, List.of()))
                .hasMessageContaining("calls");
        assertThatThrownBy(() -> WRONG.call("take")).hasMessageContaining("has no take");
    }

    @Test
    void aBrokenInvariantIsFound() {
        Specification<Deque<Integer>, Deque<Integer>> spec =
                Specification.<Deque<Integer>, Deque<Integer>>of(
                                "deque", ArrayDeque::new, ArrayDeque::new)
                        .operation(
                                "add", Arbitraries.integers().between(0, 5), Deque::add, Deque::add)
                        .invariant("it is small", (s, m) -> s.size() < 3)
                        .build();
        Verdict v = Check.property().run(spec);
        Verdicts.assertFound(v, "behind add\\(0\\) it is not so that it is small");
        assertThat(v.timeline()).hasSize(4);
    }

    @Test
    void thrownExceptionsAreResults() {
        Specification<Deque<Integer>, Deque<Integer>> spec =
                Specification.<Deque<Integer>, Deque<Integer>>of(
                                "remove", ArrayDeque::new, ArrayDeque::new)
                        .operation("remove", Deque::remove, Deque::poll)
                        .build();
        Verdicts.assertFound(
                Check.property().run(spec),
                "remove\\(\\) gave throws NoSuchElementException, must be null");
    }

    @Test
    void anOperationThatIsNeverDrawnIsNotRun() {
        Specification<Deque<Integer>, Deque<Integer>> spec =
                Specification.<Deque<Integer>, Deque<Integer>>of(
                                "one call", ArrayDeque::new, ArrayDeque::new)
                        .operation("size", Deque::size, Deque::size)
                        .operation("poll", Deque::poll, Deque::poll)
                        .build();
        Verdict v = Check.property().tries(1).calls(1).run(spec);
        assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(v.detail()).matches("(size|poll) was never run");
    }

    @Test
    void aSpecificationThatFailsIsAFault() {
        Specification<Deque<Integer>, Deque<Integer>> spec =
                Specification.<Deque<Integer>, Deque<Integer>>of(
                                "no subject",
                                () -> new ArrayDeque<>((Deque<Integer>) null),
                                ArrayDeque::new)
                        .operation("size", Deque::size, Deque::size)
                        .build();
        Verdict v = Check.property().run(spec);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("NullPointerException");
    }

    @Test
    void aBlindCanaryMakesItBlind() {
        Verdict v = new PropertyCheck(() -> "canary.x: NOT-RUN").run(Shares.atomic());
        assertThat(v.outcome()).isEqualTo(Outcome.TOOL_BLIND);
    }

    /** Three numbers are one too many, unless the first is 0, which is wrong at once. */
    private static final Specification<Deque<Integer>, Deque<Integer>> TWO_MISTAKES =
            Specification.<Deque<Integer>, Deque<Integer>>of(
                            "two mistakes", ArrayDeque::new, ArrayDeque::new)
                    .operation(
                            "add",
                            Arbitraries.integers().between(0, 1_000),
                            (s, x) -> {
                                s.add(x);
                                return s.peek() == 0 ? "zero" : s.size() == 3 ? "many" : "";
                            },
                            (m, x) -> "")
                    .build();

    /** Made smaller without a look at how it fails, many would end as zero. */
    @Test
    void whatIsLookedForStaysThatWhenItIsMadeSmaller() {
        Verdict v = Check.property().symptom("gave many").run(TWO_MISTAKES);
        Verdicts.assertFound(v, "add\\(0\\) gave many, must be ");
        assertThat(v.timeline()).startsWith("add(1) = ", "add(0) = ", "add(0) = many").hasSize(4);
    }

    /** And zero, which was not looked for, is no find by being made larger or smaller. */
    @Test
    void whatIsNotLookedForDoesNotBecomeIt() {
        Verdict v = Check.property().symptom("gave nothing").run(TWO_MISTAKES);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).startsWith("another symptom: add(");
    }

    @Test
    void whatATaskThrewIsTheFindWhenTheOracleFailsOnWhatIsLeft() {
        Verdicts.assertFound(
                Check.property().run(Shares.cutShort()),
                "^other threw java.lang.IllegalStateException: no room");
    }

    @Test
    void aTaskThatWaitsForAnotherHasNoTurn() {
        Verdict v = Check.property().stuckAfter(1).run(Shares.stuck());
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).startsWith("waits does not end while no other task runs");
    }

    /** A task that says what is wrong is a find, and the oracle is still proven with all tasks. */
    @Test
    void aTaskThatAssertsIsAFindAndNoFault() {
        Scenario<int[]> asserts =
                Scenario.of("asserts", () -> new int[1])
                        .task(
                                "first",
                                s -> {
                                    s[0]++;
                                    throw new AssertionError("it is " + s[0]);
                                })
                        .task("second", s -> s[0]++)
                        .rejects("nothing is counted", s -> s[0] = 0)
                        .oracle(
                                s -> {
                                    if (s[0] != 2) {
                                        throw new AssertionError("counted " + s[0]);
                                    }
                                });
        Verdicts.assertFound(Check.property().run(asserts), "first: it is 1");
        Verdicts.assertFound(Check.model().run(asserts), "first: it is [12]");
    }

    /** An operation that asserts gives that as its result, as with any other exception. */
    @Test
    void anOperationThatAssertsHasThatForAResult() {
        Specification<Deque<Integer>, Deque<Integer>> spec =
                Specification.<Deque<Integer>, Deque<Integer>>of(
                                "asserts", ArrayDeque::new, ArrayDeque::new)
                        .operation(
                                "check",
                                s -> {
                                    throw new AssertionError("never");
                                },
                                Deque::poll)
                        .build();
        Verdicts.assertFound(
                Check.property().run(spec), "check\\(\\) gave throws AssertionError, must be null");
    }
}
