package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Results are those of some sequential order, and a lookup that is torn is found by its result. */
class LinearizabilityTest {
    /** One preemption takes 48 interleavings for aliases. */
    private static final Budget SMALL = new Budget(100, 1, false);

    @Test
    void aliasesAreLinearizable() {
        Verdict clean = Linearizability.aliases(SMALL);

        assertThat(clean.outcome()).as("%s", clean).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(clean.preemptions()).isEqualTo(1);
    }

    @Test
    void aTornLookupIsFound() {
        Verdict torn = Linearizability.lookup(false, SMALL);

        assertThat(torn.outcome()).as("%s", torn).isEqualTo(Outcome.FOUND);
    }
}
