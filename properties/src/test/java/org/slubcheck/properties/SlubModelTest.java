package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.defects.Suspect;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The properties of the engine of 2.6.36: clean on the right machine, and each can fail. */
class SlubModelTest {
    private static final int TRIES = 80;
    private static final long SEED = 26;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SlubProperties.machineStaysSound",
                "SlubProperties.enginesAgree",
                "SlubProperties.bootIsSound",
                "SlubProperties.fullBootSlabsHaveTheirOwner"
            })
    void theRightMachineIsClean(String property) {
        Verdict v =
                PropertyRunner.run(
                        Suspect.mainline(property), Technique.PROPERTY, property, TRIES, SEED);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isEqualTo(TRIES);
    }

    @Test
    void aDifferenceIsNamed() {
        List<String> one = List.of("cpu#0: kmalloc(8) = 0x…", "ksize: [8]");
        assertThat(SlubProperties.difference(one, one)).isEmpty();
        assertThat(SlubProperties.difference(one, List.of(one.get(0), "ksize: [16]")))
                .singleElement()
                .asString()
                .contains("slub 'ksize: [8]', slubq 'ksize: [16]'");
        assertThat(SlubProperties.difference(one, one.subList(0, 1))).hasSize(1);
    }
}
