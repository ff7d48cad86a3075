package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** A defect is found by its own symptom, always the same way; the fixed code is clean. */
class ModelCheckTest {
    private static final Defect<?> WINDOW = Defects.byId("Q01").orElseThrow();
    private static final Scenario SCENARIO = Scenarios.byId("window-vs-resize").orElseThrow();

    /** One preemption takes fewer interleavings here. */
    private static final Budget SMALL = new Budget(160, 1, false);

    @Test
    void theDefectIsFoundAndToldTheSameWayTwice() {
        Verdict first = defective(WINDOW.symptom());
        Verdict second = defective(WINDOW.symptom());

        assertThat(first.outcome()).as("%s", first).isEqualTo(Outcome.FOUND);
        assertThat(first.stepReached()).isPositive();
        assertThat(first.timeline())
                .anyMatch(line -> line.contains("CPU 0") && line.contains("CPU 1"))
                .anyMatch(line -> line.contains("[release]"))
                .allMatch(line -> line.length() <= 120)
                .hasSizeLessThanOrEqualTo(90);
        assertThat(second.timeline()).isEqualTo(first.timeline());
        assertThat(second.runs()).isEqualTo(first.runs());
    }

    @Test
    void anotherSymptomIsAFault() {
        assertThat(defective(Pattern.compile("something else")).outcome()).isEqualTo(Outcome.FAULT);
    }

    @Test
    void theFixedCodeIsCleanAndTheVerdictHasItsNumbers() {
        Verdict clean = fixed(SMALL);

        assertThat(clean.outcome()).as("%s", clean).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(clean.runs()).isEqualTo(SMALL.invocations());
        assertThat(clean.preemptions()).isGreaterThanOrEqualTo(SMALL.preemptions());
        assertThat(clean.stepReached()).isEqualTo(SMALL.invocations());
    }

    @Test
    void whatIsEnoughIsNotExceeded() {
        Verdict clean = fixed(new Budget(4_000, 1, false).noMore());

        assertThat(clean.outcome()).as("%s", clean).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(clean.runs()).isLessThan(SMALL.invocations());
        assertThat(clean.preemptions()).isEqualTo(1);
    }

    @Test
    void tooFewPreemptionsAreABoundHit() {
        assertThat(fixed(new Budget(20, 3, false)).outcome()).isEqualTo(Outcome.BOUND_HIT);
    }

    @Test
    void aStepThatIsNeverReachedIsAFault() {
        Verdict elsewhere =
                ModelCheck.run(
                        Suspect.of(Defects.byId("Q05").orElseThrow(), true),
                        SCENARIO,
                        new Budget(5, 0, false));

        assertThat(elsewhere.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(elsewhere.detail()).contains("never reached");
    }

    private static Verdict defective(Pattern symptom) {
        return ModelCheck.run(
                Suspect.of(WINDOW, false).shownBy(symptom), SCENARIO, new Budget(200, 0, false));
    }

    private static Verdict fixed(Budget budget) {
        return ModelCheck.run(Suspect.of(WINDOW, true), SCENARIO, budget);
    }
}
