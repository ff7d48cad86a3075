package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Steps;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** A defect is known by its own symptom, and not by what another leaves in the same scenario. */
class SymptomsTest {
    /** All are found within 80 interleavings. */
    private static final Budget FEW = new Budget(100, 0, false);

    record Pair(String id, String other, String scenario) {
        @Override
        public String toString() {
            return id + " is not " + other;
        }
    }

    static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (Catalogue.Entry one : Catalogue.entries()) {
            for (Catalogue.Entry other : Catalogue.entries()) {
                String scenario = one.subjects().get(Technique.MODEL);
                if (!one.equals(other)
                        && scenario != null
                        && scenario.equals(other.subjects().get(Technique.MODEL))) {
                    pairs.add(new Pair(one.defect().id(), other.defect().id(), scenario));
                }
            }
        }
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void noDefectHasTheSymptomOfAnotherInItsScenario(Pair pair) {
        Defect<?> other = Defects.byId(pair.other).orElseThrow();

        Verdict verdict = check(Defects.byId(pair.id).orElseThrow(), other, pair.scenario);

        assertThat(verdict.outcome()).as(verdict.detail()).isNotEqualTo(Outcome.FOUND);
    }

    @Test
    void thereAreDefectsThatShareAScenario() {
        assertThat(pairs()).isNotEmpty();
    }

    @Test
    void aLossIsFoundBehindTheRacesThatLeadUpToIt() {
        Defect<?> noIpi = Defects.byId("Q04a").orElseThrow();

        Verdict verdict = check(noIpi, noIpi, "resize-vs-user");

        assertThat(verdict.outcome()).as(verdict.detail()).isEqualTo(Outcome.FOUND);
        assertThat(verdict.detail())
                .contains("is accounted 0 times")
                .contains("only its trace, BUG: KCSAN: data-race in victim cpu#1 (old area)");
        assertThat(verdict.timeline())
                .anyMatch(line -> line.contains("victim cpu percpu") && line.contains("[release]"))
                .anyMatch(line -> line.contains("victim cpu#1 (old area) q.objects"))
                .last()
                .asString()
                .contains("is accounted 0 times");
    }

    /** An oops at address 0 is U9's only where U9 asks NULL for its node. */
    @Test
    void anotherNullPointerIsNotU9() {
        Defect<?> u9 = Defects.byId("U9").orElseThrow();
        Steps asksForFlags =
                Steps.mainline()
                        .with(
                                LocklessSteps.NODE_MATCH,
                                (k, page, node) -> node < 0 || PageStruct.isSlab(k.memory(), page));

        Verdict verdict =
                ModelCheck.run(
                        Suspect.broken("flags of NULL", asksForFlags)
                                .reaching(LocklessSteps.NODE_MATCH)
                                .shownBy(u9.symptom())
                                .alsoShowing(u9.alsoSeen()),
                        Scenarios.byId("lockless-alloc-vs-flush").orElseThrow(),
                        FEW);

        assertThat(verdict.outcome()).as(verdict.detail()).isNotEqualTo(Outcome.FOUND);
        assertThat(verdict.detail()).contains("NULL pointer dereference at 0000000000000000");
    }

    private static Verdict check(Defect<?> present, Defect<?> looksLike, String scenario) {
        return ModelCheck.run(
                Suspect.of(present, false)
                        .shownBy(looksLike.symptom())
                        .alsoShowing(looksLike.alsoSeen()),
                Scenarios.byId(scenario).orElseThrow(),
                FEW);
    }
}
