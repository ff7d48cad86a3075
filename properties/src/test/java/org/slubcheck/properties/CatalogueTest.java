package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What the catalogue says that a property finds, it finds; without the defect it is clean. */
class CatalogueTest {
    private static final Set<Technique> OURS =
            EnumSet.of(Technique.PROPERTY, Technique.BOOT, Technique.FAULT);

    /** A defect is found within 6 tries of the seed, F02 within 80: 0.1 to 4 s each. */
    private static final int TRIES = 200;

    /** 40 tries of the fixed code: 1 to 2 s each. */
    private static final int CLEAN_TRIES = 40;

    private static final long SEED = 1;

    record Row(String id, Technique technique, String subject) {
        @Override
        public String toString() {
            return id + " " + subject;
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Catalogue.Entry entry : Catalogue.entries()) {
            entry.subjects()
                    .forEach(
                            (technique, subject) -> {
                                if (OURS.contains(technique)) {
                                    rows.add(new Row(entry.defect().id(), technique, subject));
                                }
                            });
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theDefectIsFound(Row row) {
        Verdict v = PropertyRunner.run(row.id, false, row.technique, row.subject, TRIES, SEED);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
        assertThat(v.timeline()).isNotEmpty();
        assertThat(v.stepReached()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theFixedTwinIsClean(Row row) {
        Verdict v = PropertyRunner.run(row.id, true, row.technique, row.subject, CLEAN_TRIES, SEED);
        assertThat(v.asExpected()).as(v.detail() + "\n" + v.timeline()).isTrue();
        assertThat(v.runs()).isGreaterThanOrEqualTo(CLEAN_TRIES);
    }
}
