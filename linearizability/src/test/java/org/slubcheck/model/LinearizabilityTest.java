package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Results are those of some sequential order, and each wrong twin is found by its results. */
class LinearizabilityTest {
    /** 1 preemption in a fifth of the interleavings that every gate takes for 2: 2 to 4 s each. */
    private static final Budget BUDGET = new Budget(2_000, 1, false);

    static List<Linearizability.Case> cases() {
        return Linearizability.ALL;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fixedCodeIsLinearizableAndWrongCodeIsNot(Linearizability.Case each) {
        Verdict verdict = each.run(BUDGET);

        if (each.fixed()) {
            assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CLEAN_SAMPLED);
            assertThat(verdict.runs()).isEqualTo(BUDGET.invocations());
            assertThat(verdict.preemptions()).isGreaterThanOrEqualTo(BUDGET.preemptions());
        } else {
            assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.FOUND);
        }
    }
}
