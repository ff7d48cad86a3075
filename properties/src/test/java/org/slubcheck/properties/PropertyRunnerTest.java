package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Steps;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The runner says what happened, says it twice alike, and leaves no traces. */
class PropertyRunnerTest {
    private static final String BOOT = "BootProperties.bootIsSound";

    private static final String NUMA = "NumaProperties.machineStaysSound";

    /** 10 boots: 0.5 s. */
    private static final int TRIES = 10;

    @Test
    void theSameSeedGivesTheSameVerdict() {
        Verdict first = PropertyRunner.run("B05", false, Technique.BOOT, BOOT, TRIES, 7);
        Verdict second = PropertyRunner.run("B05", false, Technique.BOOT, BOOT, TRIES, 7);
        assertThat(first.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(second).isEqualTo(first);
        assertThat(first.seed()).isEqualTo("7");
    }

    @Test
    void aFindTellsTheMachineTheCallsAndWhatIsWrong() {
        Verdict v =
                PropertyRunner.run(
                        "Q13",
                        false,
                        Technique.PROPERTY,
                        "BootProperties.uniqueIdsAreUnique",
                        TRIES,
                        1);
        assertThat(v.timeline().get(0)).startsWith("boot NUMA nodes=1 cpus=1 page=512");
        assertThat(v.timeline()).anyMatch(line -> line.startsWith("=> "));
        assertThat(v.detail()).contains("cannot create duplicate filename").doesNotContain("\n");
    }

    @Test
    void triesAreMadeAsAsked() {
        Verdict v = PropertyRunner.run("B05", true, Technique.BOOT, BOOT, TRIES, 3);
        assertThat(v.outcome()).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isEqualTo(TRIES);
        assertThat(v.stepReached()).isPositive();
    }

    /** Q02's step is not on the way of a boot: its twin fails, and takes nobody with it. */
    @Test
    void oneRunSaysOfEachFixedTwinWhatItsOwnRunWould() {
        List<String> ids = List.of("B05", "Q17", "Q02", "stateful");
        List<Verdict> alone =
                ids.stream()
                        .map(id -> PropertyRunner.run(id, true, Technique.BOOT, BOOT, TRIES, 7))
                        .toList();
        List<Verdict> together =
                PropertyRunner.runFixed(
                        ids.stream()
                                .map(id -> new PropertyRunner.Twin(id, Technique.BOOT))
                                .toList(),
                        BOOT,
                        TRIES,
                        7);
        assertThat(together).isEqualTo(alone);
        assertThat(together)
                .extracting(Verdict::outcome)
                .containsExactly(
                        Outcome.CLEAN_SAMPLED,
                        Outcome.CLEAN_SAMPLED,
                        Outcome.FAULT,
                        Outcome.CLEAN_SAMPLED);
        assertThat(together.get(0).stepReached()).isNotEqualTo(together.get(1).stepReached());
    }

    @Test
    void aCaseThatStaysAsDrawnIsFoundAfterAsManyTries() {
        Verdict small = PropertyRunner.run("Q20", false, Technique.PROPERTY, NUMA, 50, 7);
        Verdict drawn =
                PropertyRunner.run("Q20", false, Technique.PROPERTY, NUMA, 50, 7, Wanted.AS_DRAWN);
        assertThat(drawn.outcome()).isEqualTo(Outcome.FOUND).isEqualTo(small.outcome());
        assertThat(drawn.runs()).isEqualTo(small.runs());
        assertThat(drawn.timeline().size()).isGreaterThan(small.timeline().size());
    }

    @Test
    void aPropertyThatIsNotThereDidNotRun() {
        for (String subject : List.of("BootProperties.bootIsSond", "Nothing.atAll", "nonsense")) {
            Verdict v = PropertyRunner.run("B05", true, Technique.BOOT, subject, TRIES, 1);
            assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
        }
    }

    @Test
    void aMachineThatNothingIsDoneWithReachesNothing() {
        Subject subject =
                Subject.enter(
                        Steps.mainline(),
                        List.of(SlubqSteps.PRE_ALLOC),
                        null,
                        1,
                        1,
                        Wanted.ANY,
                        false);
        try {
            Shape shape = new Shape(1, 1, 512, 0, false, true, false);
            subject.machine(shape);
            subject.machine(shape);
            assertThat(subject.reached(SlubqSteps.PRE_ALLOC)).isZero();
        } finally {
            Subject.release();
        }
    }

    @Test
    void anUnknownDefectCannotBeLookedFor() {
        Verdict v = PropertyRunner.run("Z99", false, Technique.BOOT, BOOT, TRIES, 1);
        assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void anotherDefectsSymptomIsNoFind() {
        // B01 breaks boot, but what shows is not what a lock that is kept would show.
        Verdict v =
                PropertyRunner.run(
                        Suspect.of(Defects.byId("B01").orElseThrow(), false)
                                .reaching(null)
                                .shownBy(Defects.byId("Q07").orElseThrow().symptom()),
                        Technique.BOOT,
                        BOOT,
                        TRIES,
                        1);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).startsWith("not this defect's symptom");
    }

    @Test
    void aStepThatIsNeverReachedIsAFault() {
        Verdict v = PropertyRunner.run("Q02", true, Technique.BOOT, BOOT, 1, 1);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("never reached");
    }

    /** Every machine boots through this step; the property is about what comes after. */
    @Test
    void aStepThatBootAloneReachesIsNeverReached() {
        Verdict v =
                PropertyRunner.run(
                        Suspect.of(Defects.byId("B01").orElseThrow(), true),
                        Technique.PROPERTY,
                        "ApiProperties.batchStaysWithinTheQueue",
                        1,
                        1);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("never reached");
    }

    @Test
    void nothingIsPrintedAndNoFileIsLeft() throws IOException {
        List<Path> before = files();
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            PropertyRunner.run("B05", false, Technique.BOOT, BOOT, TRIES, 7);
            PropertyRunner.run("B05", true, Technique.BOOT, BOOT, 1, 7);
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> here = Files.list(Path.of(""))) {
            return here.sorted().toList();
        }
    }

    @Test
    void aNumberOfNodesDecidesWhetherTheBlockOfTheQueuesIsTooSmall() {
        String subject = "SharedQueueProperties.blockHoldsItsQueues";

        Verdict two =
                PropertyRunner.run(
                        "F05", false, Technique.PROPERTY, subject, 20, 7, new Wanted(2, 0));
        Verdict four =
                PropertyRunner.run(
                        "F05", false, Technique.PROPERTY, subject, 20, 7, new Wanted(4, 0));

        assertThat(two.outcome()).as("%s", two).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(two.stepReached()).isPositive();
        assertThat(four.outcome()).as("%s", four).isEqualTo(Outcome.FOUND);
        assertThat(four.timeline()).anyMatch(line -> line.contains("NUMA nodes=4"));
        assertThat(four.timeline().stream().filter(line -> line.contains("BUG: KASAN: ")))
                .as("one for every word, told as one")
                .singleElement()
                .asString()
                .matches(".* taken back on CPU#\\d+; and \\d+ more like it");
    }

    @Test
    void machinesHaveTheCacheGroupsThatAreWanted() {
        Verdict v =
                PropertyRunner.run(
                        "F10",
                        false,
                        Technique.PROPERTY,
                        "NumaProperties.machineStaysSound",
                        200,
                        1,
                        new Wanted(2, 3));
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
        assertThat(v.timeline().get(0)).contains("NUMA nodes=2").contains("cache groups=3");
    }
}
