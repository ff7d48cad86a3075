package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What the catalogue says that the model checker finds, it finds; without the defect it is clean. */
class ModelCatalogueTest {
    /** A look at each fixed twin, 1 to 3 s; the gate completes a preemption. */
    private static final Budget BRIEF = new Budget(60, 0, false);

    /** Every defect shows within 200 interleavings. */
    private static final Budget FIND = new Budget(400, 0, false);

    static Stream<Catalogue.Entry> entries() {
        return Catalogue.entries().stream()
                .filter(entry -> entry.subjects().containsKey(Technique.MODEL));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void theDefectIsFound(Catalogue.Entry entry) {
        Verdict v = run(entry, false, FIND);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        assertThat(v.timeline()).isNotEmpty();
        assertThat(v.minimal()).as("%s", v.detail()).isNotNull();
        assertThat(v.minimal().schedule()).contains("preemptions " + v.minimal().preemptions());
    }

    @ParameterizedTest
    @MethodSource("entries")
    void somethingIsFoundWithSwitchesWhereTasksMeetAlone(Catalogue.Entry entry) {
        Scenario scenario = Scenarios.byId(entry.subjects().get(Technique.MODEL)).orElseThrow();
        Steps steps = entry.defect().install(Steps.mainline());
        Verdict v = ModelCheck.run(Suspect.broken(entry.defect().id(), steps), scenario, FIND);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void theFixedTwinIsClean(Catalogue.Entry entry) {
        Verdict v = run(entry, true, BRIEF);
        assertThat(v.asExpected()).as("%s", v).isTrue();
        assertThat(v.runs()).isPositive();
    }

    private static Verdict run(Catalogue.Entry entry, boolean fixed, Budget budget) {
        Scenario scenario = Scenarios.byId(entry.subjects().get(Technique.MODEL)).orElseThrow();
        return ModelCheck.run(Suspect.of(entry.defect(), fixed), scenario, budget);
    }
}
