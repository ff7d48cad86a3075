package org.slubcheck.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Kernel samples: judged in full each time, and of a scenario that gets where it must. */
class KernelStressTest {
    /** One defect and its twin: 20 s. */
    private static final StressBudget SHORT =
            new StressBudget(1, 200, 2, 6, 20_000, 20_000, Duration.ofSeconds(80));

    @TempDir Path folder;

    @Test
    void aDefectIsFoundAndItsTwinIsClean() throws Exception {
        StressRunner runner =
                new StressRunner(
                        Jvm.current(), Files.createFile(folder.resolve("log")), line -> {});
        List<Verdict> verdicts = runner.run(StressTest.ofDefect("Q04a"), SHORT);
        assertThat(verdicts)
                .hasSize(2)
                .allSatisfy(v -> assertThat(v.asExpected()).as("%s", v).isTrue())
                .allSatisfy(v -> assertThat(v.stepReached()).isPositive())
                .allSatisfy(v -> assertThat(v.seconds()).isPositive())
                .allSatisfy(v -> assertThat(v.timeline()).hasSize(4));
    }

    static Stream<Catalogue.Entry> stressed() {
        return Catalogue.entries().stream()
                .filter(entry -> entry.subjects().containsKey(Technique.STRESS));
    }

    @ParameterizedTest
    @MethodSource("stressed")
    void everyEntryOfTheCatalogueHasItsPairAndReachesItsStep(Catalogue.Entry entry) {
        List<StressTest> pair = StressTest.ofDefect(entry.defect().id());
        assertThat(pair).extracting(StressTest::fixed).containsExactly(false, true);
        assertThat(pair).allSatisfy(t -> assertThat(StepProof.reached(t)).isPositive());
    }

    @Test
    void noPairIsUnknownToTheCatalogue() {
        assertThat(StressTest.all())
                .filteredOn(test -> !test.canary())
                .allMatch(test -> stressed().anyMatch(e -> e.defect().id().equals(test.id())));
    }

    @Test
    void aScenarioThatNeverGetsToTheStepIsSeen() {
        Scenario elsewhere = Scenarios.byId("destroy-vs-create").orElseThrow();
        assertThat(StepProof.reached(Defects.byId("Q04a").orElseThrow(), true, elsewhere)).isZero();
    }

    @Test
    void theAccountsSeeAnObjectThatIsLostOrInTwoPlaces() {
        Template template =
                Template.bare(Scenarios.byId("resize-vs-user").orElseThrow(), Steps.mainline());
        Trial trial = template.start();
        long s = Accounts.cacheOf(trial);
        assertThat(s).isNotZero();
        trial.run(0);
        trial.run(1);
        assertThat(Accounts.balance(trial, s)).isTrue();
        assertThat(trial.violations()).isEmpty();

        long lost = trial.hands().drop(1);
        assertThat(Accounts.balance(trial, s)).as("lost").isFalse();
        trial.hands().hold(0, lost);
        assertThat(Accounts.balance(trial, s)).as("in another hand").isTrue();
        trial.hands().hold(1, lost);
        assertThat(Accounts.balance(trial, s)).as("in two hands").isFalse();
    }

    @Test
    void aScenarioWithoutACacheHasNoAccounts() {
        Template template =
                Template.bare(Scenarios.byId("dma-first-use").orElseThrow(), Steps.mainline());
        assertThat(Accounts.cacheOf(template.start())).isZero();
    }
}
