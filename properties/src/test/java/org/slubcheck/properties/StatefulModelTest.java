package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The stateful model: clean on the right machine, and short about a bad one. */
class StatefulModelTest {
    private static final String MODEL = "ApiProperties.machineStaysSound";

    /** 150 sequences of up to 40 steps: 4 s. */
    private static final int CLEAN_TRIES = 150;

    private static final int TRIES = 200;

    private static final int LONGEST = 8;

    static Stream<PropertyCanaries.Twin> badMachines() {
        return PropertyCanaries.ALL.stream()
                .filter(twin -> !twin.fixed() && twin.subject().equals(MODEL));
    }

    @ParameterizedTest
    @MethodSource("badMachines")
    void aBadMachineIsFoundAndExplainedInFewSteps(PropertyCanaries.Twin bad) {
        Verdict v = bad.run(1);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
        assertThat(v.timeline().stream().filter(line -> line.startsWith("cpu#")).toList())
                .as("the shrunk sequence")
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(LONGEST);
    }

    /** 100 sequences with a misuse at the end: 2 s. */
    @Test
    void misuseIsRefusedByTheRightMachine() {
        Verdict v =
                PropertyRunner.run(
                        "misuse",
                        true,
                        Technique.PROPERTY,
                        "ApiProperties.misuseIsReportedAndChangesNothing",
                        100,
                        5);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    /** Whoever keeps slub_lock on an error exit is caught by the first misuse that is refused. */
    @Test
    void aMachineThatTakesMisuseBadlyIsFound() {
        Verdict v =
                PropertyRunner.run(
                        "Q07",
                        false,
                        Technique.PROPERTY,
                        "ApiProperties.misuseIsReportedAndChangesNothing",
                        TRIES,
                        5);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void theRightMachineIsClean() {
        Verdict v =
                PropertyRunner.run(
                        "machineStaysSound", true, Technique.PROPERTY, MODEL, CLEAN_TRIES, 11);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isEqualTo(CLEAN_TRIES);
    }
}
