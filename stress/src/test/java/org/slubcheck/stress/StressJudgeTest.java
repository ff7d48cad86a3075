package org.slubcheck.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** A verdict comes from samples that were counted; anything less is a failure. */
class StressJudgeTest {
    private static final long FEWEST = 1000;
    private static final StressTest BUGGY = StressTest.of("org.slubcheck.stress.Q04.Buggy");
    private static final StressTest FIXED = StressTest.of("org.slubcheck.stress.Q04.Fixed");

    @Test
    void aNameSaysDefectAndTwin() {
        assertThat(BUGGY).isEqualTo(new StressTest("org.slubcheck.stress.Q04.Buggy", "Q04", false));
        assertThat(FIXED.fixed()).isTrue();
        assertThat(StressTest.of("org.slubcheck.stress.canary.Counter.Buggy").canary()).isTrue();
        assertThat(StressTest.of("org.slubcheck.stress.Q04.Other")).isNull();
        assertThat(StressTest.of("org.other.Q04.Fixed")).isNull();
    }

    @Test
    void enoughSamplesWithoutASymptomAreClean() {
        Verdict verdict = judge(FIXED, new Tally(FEWEST, 0, 0, "", ""), FEWEST);
        assertThat(verdict.outcome()).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(verdict.runs()).isEqualTo(FEWEST);
        assertThat(verdict.asExpected()).isTrue();
    }

    @Test
    void oneSampleTooFewIsNotRun() {
        Verdict verdict = judge(FIXED, new Tally(FEWEST - 1, 0, 0, "", ""), FEWEST);
        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(verdict.detail()).contains("999").contains("1000");
        assertThat(verdict.asExpected()).isFalse();
    }

    @Test
    void noSampleAtAllIsNeverClean() {
        Verdict verdict = judge(FIXED, Tally.NONE, 1);
        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void aMissingTestIsNotRun() {
        assertThat(judge(FIXED, null, FEWEST).outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(judge(BUGGY, null, FEWEST).outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void aKilledRunIsNotRunWhateverWasAsked() {
        Tally killed = Tally.failed("killed: not ready after 9 s");
        assertThat(judge(FIXED, killed, FEWEST).outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(judge(BUGGY, killed, FEWEST).outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void aRunKilledAfterSamplesIsAFault() {
        Tally broken = new Tally(2 * FEWEST, 0, 0, "", "").plus(Tally.failed("killed"));
        assertThat(judge(FIXED, broken, FEWEST).outcome()).isEqualTo(Outcome.FAULT);
    }

    @Test
    void theSymptomIsFoundEvenInFewSamples() {
        Verdict verdict = judge(BUGGY, new Tally(10, 1, 0, "1: overrun", ""), FEWEST);
        assertThat(verdict.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(verdict.detail()).isEqualTo("1: overrun");
        assertThat(verdict.asExpected()).isTrue();
    }

    @Test
    void theSymptomInFixedCodeIsAFailure() {
        Verdict verdict = judge(FIXED, new Tally(9999, 1, 0, "1: x", ""), FEWEST);
        assertThat(verdict.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(verdict.asExpected()).isFalse();
    }

    @Test
    void anotherKindOfWrongIsAFaultAlsoBesideTheSymptom() {
        Verdict verdict = judge(BUGGY, new Tally(9999, 5, 1, "1: x", ""), FEWEST);
        assertThat(verdict.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(verdict.asExpected()).isFalse();
    }

    @Test
    void theNamesOfOtherSuitesAreLeftOut() {
        List<StressTest> tests =
                StressTest.of(List.of("org.slubcheck.stress.Q04.Fixed", "org.openjdk.x.Y"));
        assertThat(tests).containsExactly(FIXED);
    }

    @Test
    void aTestThatNeverGetsToItsStepIsAFaultWhateverItCounted() {
        Tally counted = new Tally(2 * FEWEST, 0, 0, "", "");
        assertThat(StressJudge.judge(FIXED, counted, FEWEST, 0).outcome()).isEqualTo(Outcome.FAULT);
        assertThat(StressJudge.judge(FIXED, counted, FEWEST, -1).outcome())
                .isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    @Test
    void aCleanVerdictSaysWhatItExcludes() {
        Verdict verdict = judge(FIXED, new Tally(3_000_000, 0, 0, "", ""), FEWEST);
        assertThat(verdict.detail()).contains("95 %").contains("1.0e-06");
    }

    @Test
    void everyOutcomeIsInTheTable() {
        Tally counted =
                new Tally(5, 0, 0, "", "", Map.of("0  acceptable  a", 5L, "1  forbidden  b", 0L));
        Verdict verdict = judge(FIXED, counted.plus(counted), FEWEST);
        assertThat(verdict.timeline())
                .hasSize(3)
                .anyMatch(line -> line.strip().equals("10  0  acceptable  a"))
                .anyMatch(line -> line.strip().equals("0  1  forbidden  b"));
    }

    @Test
    void aRoundCountsOnlyIfBothActorsRanAtTheSameTime() {
        String overlap = "org.slubcheck.stress.canary.StoreBuffering.Buggy";
        assertThat(StressRunner.overlapped(Map.of(overlap, new Tally(9, 1, 0, "0, 0", ""))))
                .isTrue();
        assertThat(StressRunner.overlapped(Map.of(overlap, new Tally(9, 0, 0, "", "")))).isFalse();
        assertThat(StressRunner.overlapped(Map.of())).isFalse();
    }

    private static Verdict judge(StressTest test, Tally tally, long fewest) {
        return StressJudge.judge(test, tally, fewest, 1);
    }
}
