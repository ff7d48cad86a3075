package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Every technique of this module sees the mistakes that it must, and accuses no right machine. */
class PropertyCanariesTest {
    private static final long SEED = 20100803;

    static List<PropertyCanaries.Twin> canaries() {
        return PropertyCanaries.ALL;
    }

    @ParameterizedTest
    @MethodSource("canaries")
    void comesOutAsItMust(PropertyCanaries.Twin twin) {
        Verdict v = twin.run(SEED);
        assertThat(v.asExpected()).as("%s: %s", v.outcome(), v.detail()).isTrue();
        assertThat(v.ofCanary()).isTrue();
    }

    @Test
    void everyTechniqueHasOne() {
        assertThat(canaries())
                .extracting(PropertyCanaries.Twin::technique)
                .contains(Technique.PROPERTY, Technique.BOOT, Technique.FAULT);
    }
}
