package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * U11 as users met it. Where the model checker switches at synchronisation only, what it finds is that
 * the bytes are read and written without order; to see half of a change it has to switch at them.
 */
class FalsePositiveTest {
    private static final Pattern HALF_A_CHANGE =
            Pattern.compile(
                    "^BUG victim: Redzone overwritten|^validate: \\d+ errors in a cache that is sound$",
                    Pattern.MULTILINE);

    private static final Budget EVERY_ACCESS = new Budget(2_000, 0, true);

    @Test
    void validationReportsASoundObject() {
        Defect<?> defect = Defects.byId("U11").orElseThrow();
        Verdict v =
                ModelCheck.run(
                        Suspect.of(defect, false)
                                .shownBy(HALF_A_CHANGE)
                                .alsoShowing(
                                        Pattern.compile(
                                                "^BUG: KCSAN: data-race", Pattern.MULTILINE)),
                        Scenarios.byId("validate-vs-free").orElseThrow(),
                        EVERY_ACCESS);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
    }
}
