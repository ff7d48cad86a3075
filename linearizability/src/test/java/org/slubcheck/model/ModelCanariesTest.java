package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** The model checker sees what it must, accuses nobody falsely, and knows where it is blind. */
class ModelCanariesTest {
    @Test
    void brokenOnesAreFoundAndFixedOnesAreCleanInEveryInterleaving() {
        List<Verdict> canaries = ModelCanaries.run();

        assertThat(canaries)
                .filteredOn(v -> v.outcome() != Outcome.TOOL_BLIND)
                .hasSize(10)
                .allSatisfy(v -> assertThat(v.asExpected()).as("%s", v).isTrue());
        assertThat(canaries)
                .filteredOn(v -> v.outcome() == Outcome.TOOL_BLIND)
                .singleElement()
                .satisfies(v -> assertThat(v.subject()).isEqualTo("store-buffering"));
        assertThat(ModelCanaries.healthy(canaries)).isTrue();
        for (Verdict left : canaries) {
            assertThat(
                            ModelCanaries.healthy(
                                    canaries.stream().filter(v -> !v.equals(left)).toList()))
                    .as("without %s", left.id())
                    .isFalse();
        }
    }

    @Test
    void aCanaryThatWasNotSeenMakesTheToolUnfit() {
        Verdict missed =
                ModelCanaries.judgeBroken(
                        "twin", ModelCanaries.explore(Canary.PlainRaceFixed.class), "data-race");

        assertThat(missed.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(ModelCanaries.healthy(List.of(missed))).isFalse();
        assertThat(ModelCanaries.healthy(List.of())).isFalse();
    }

    @Test
    void aFixedTwinThatIsAccusedIsAFault() {
        Verdict accused =
                ModelCanaries.judgeFixed("twin", ModelCanaries.explore(Canary.VolatileRace.class));

        assertThat(accused.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(ModelCanaries.healthy(List.of(accused))).isFalse();
    }
}
