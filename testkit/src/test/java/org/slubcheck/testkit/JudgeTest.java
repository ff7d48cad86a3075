package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slubcheck.testkit.Judge.Conclusion;
import org.slubcheck.testkit.Judge.Evidence;
import org.slubcheck.verdict.Outcome;

/** Each rule that keeps a verdict from being clean, beside the tally that is clean without it. */
class JudgeTest {
    private static final Supplier<String> HEALTHY = () -> "";
    private static final Scenario<int[]> SCENARIO =
            Scenario.of("rules", () -> new int[1])
                    .task("one", s -> s[0]++)
                    .task("other", s -> s[0]++)
                    .reach("both", s -> s[0] == 2)
                    .oracle(s -> {});

    /** Ten runs of which nothing is missing. */
    private static Tally whole() {
        Tally tally = new Tally(SCENARIO);
        for (int i = 0; i < 10; i++) {
            tally.run();
            tally.judged();
            tally.entered("one", 1);
            tally.entered("other", 1);
            tally.reached("both");
        }
        return tally;
    }

    private static Evidence evidence(Tally tally) {
        return new Evidence(tally, "", "", null, 10, false, "", "", "10 runs");
    }

    private static Conclusion judge(Evidence evidence) {
        return Judge.conclude(evidence, HEALTHY);
    }

    @Test
    void whereNothingIsMissingItIsClean() {
        assertThat(judge(evidence(whole())))
                .isEqualTo(new Conclusion(Outcome.CLEAN_SAMPLED, "10 runs"));
        Evidence all = new Evidence(whole(), "", "", null, 10, true, "", "", "all");
        assertThat(judge(all)).isEqualTo(new Conclusion(Outcome.CLEAN_EXHAUSTED, "all"));
    }

    @Test
    void nothingRun() {
        assertThat(judge(evidence(new Tally(SCENARIO))).outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void anOracleThatNeverRanIsAFault() {
        Tally tally = new Tally(SCENARIO);
        tally.run();
        tally.entered("one", 1);
        assertThat(judge(evidence(tally)))
                .isEqualTo(new Conclusion(Outcome.FAULT, "the oracle never ran"));
        Tally once = whole();
        once.run();
        assertThat(judge(evidence(once)).detail()).isEqualTo("the oracle ran in 10 of 11");
    }

    @Test
    void aTaskThatWasNeverReachedIsNotRun() {
        Tally tally = new Tally(List.of("one", "other"));
        tally.run();
        tally.judged();
        tally.entered("one", 1);
        assertThat(judge(evidence(tally)))
                .isEqualTo(new Conclusion(Outcome.NOT_RUN, "other was never run"));
    }

    @Test
    void whatMustBeSeenAndWasNotIsNotRun() {
        Tally tally = new Tally(SCENARIO);
        tally.run();
        tally.judged();
        tally.entered("one", 1);
        tally.entered("other", 1);
        assertThat(judge(evidence(tally)))
                .isEqualTo(new Conclusion(Outcome.NOT_RUN, "never seen: both"));
    }

    @Test
    void tooFewRunsAreNotRun() {
        Evidence many = new Evidence(whole(), "", "", null, 11, false, "", "", "");
        assertThat(judge(many))
                .isEqualTo(new Conclusion(Outcome.NOT_RUN, "only 10, 11 are needed"));
    }

    @Test
    void aBoundThatWasMissedIsSaid() {
        Evidence missed = new Evidence(whole(), "", "", null, 10, false, "", "2 asked for", "");
        assertThat(judge(missed)).isEqualTo(new Conclusion(Outcome.BOUND_HIT, "2 asked for"));
    }

    @Test
    void aTechniqueThatSawNothingIsBlind() {
        Evidence blind = new Evidence(whole(), "", "", null, 10, true, "saw nothing", "", "");
        assertThat(judge(blind)).isEqualTo(new Conclusion(Outcome.TOOL_BLIND, "saw nothing"));
    }

    @Test
    void aBlindCanaryMakesACleanVerdictBlindAndLeavesAFind() {
        Supplier<String> blind = () -> "canary.plain: NOT-RUN";
        assertThat(Judge.conclude(evidence(whole()), blind))
                .isEqualTo(new Conclusion(Outcome.TOOL_BLIND, "canary.plain: NOT-RUN"));
        Evidence found = new Evidence(whole(), "", "lost", null, 10, false, "", "", "");
        assertThat(Judge.conclude(found, blind)).isEqualTo(new Conclusion(Outcome.FOUND, "lost"));
    }

    @Test
    void onlyItsOwnSymptomIsAFind() {
        Pattern symptom = Pattern.compile("^lost");
        Evidence own = new Evidence(whole(), "", "noise\nlost one", symptom, 10, false, "", "", "");
        assertThat(judge(own)).isEqualTo(new Conclusion(Outcome.FOUND, "lost one"));
        Evidence other = new Evidence(whole(), "", "noise", symptom, 10, false, "", "", "");
        assertThat(judge(other)).isEqualTo(new Conclusion(Outcome.FAULT, "another symptom: noise"));
    }

    @Test
    void aFaultOutweighsAFind() {
        Evidence both = new Evidence(whole(), "broken", "lost", null, 10, false, "", "", "");
        assertThat(judge(both)).isEqualTo(new Conclusion(Outcome.FAULT, "broken"));
    }
}
