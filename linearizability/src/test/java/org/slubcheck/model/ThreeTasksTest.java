package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * A deadlock of three: the catalogue leaves U2b to lockdep, as three tasks have too many interleavings
 * for a bound to be completed, but that it hangs is shown here.
 */
class ThreeTasksTest {
    private static final Budget SOME = new Budget(200, 0, false);

    @Test
    void whatLockdepForetellsOfThreeTasksHappens() {
        Verdict v = check(Defects.byId("U2b").orElseThrow(), false);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        assertThat(v.detail()).startsWith("deadlock: ");
    }

    @Test
    void theFixedCodeDoesNotHangInAsManyInterleavings() {
        Verdict v = check(Defects.byId("U2b").orElseThrow(), true);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    private static Verdict check(Defect<?> defect, boolean fixed) {
        return ModelCheck.run(
                defect.id(),
                fixed,
                Scenarios.byId("shrink-vs-destroy-vs-cpu-up").orElseThrow(),
                fixed ? Steps.mainline() : defect.install(Steps.mainline()),
                defect.step(),
                fixed ? null : defect.symptom(),
                fixed ? null : defect.alsoSeen(),
                SOME);
    }
}
