package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.slubq.Tunables;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The stateful model: clean on the right machine, and short about a bad one. */
class StatefulModelTest {
    private static final String MODEL = "ApiProperties.machineStaysSound";

    /** 150 sequences of up to 40 steps: 4 s. */
    private static final int CLEAN_TRIES = 150;

    /** Bad machines show within 30 sequences; finding and shrinking takes 1 to 4 s. */
    private static final int TRIES = 200;

    private static final int LONGEST = 8;

    /** A machine with a mistake that nobody has reported. */
    private record BadMachine(String name, Step<?> step, Steps steps) {
        static <F> BadMachine of(String name, Step<F> step, F code) {
            return new BadMachine(name, step, Steps.mainline().with(step, code));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<BadMachine> badMachines() {
        return Stream.of(
                BadMachine.of(
                        "a resize forgets the objects of the old area",
                        SlubqSteps.FLUSH_OLD,
                        (k, t, s, old) -> {}),
                BadMachine.of(
                        "a resize leaves the tunables as they were",
                        SlubqSteps.PUBLISH,
                        (k, t, s, area, queue, flushOld) -> {
                            k.memory().storeRelease(s + KmemCache.CPU, area);
                            flushOld.run();
                        }),
                BadMachine.of(
                        "any batch will do",
                        SlubqSteps.BATCH_CHECK,
                        (batch, queue) -> batch < Tunables.MIN_QUEUE),
                BadMachine.of(
                        "a destroyed cache is never unlocked",
                        SlabSteps.DESTROY_UNLOCK,
                        (k, t, moment) -> {}));
    }

    @ParameterizedTest
    @MethodSource("badMachines")
    void aBadMachineIsFoundAndExplainedInFewSteps(BadMachine bad) {
        Verdict v =
                PropertyRunner.run(
                        bad.name,
                        false,
                        Technique.PROPERTY,
                        MODEL,
                        TRIES,
                        1,
                        bad.steps,
                        bad.step,
                        null);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
        assertThat(v.timeline().stream().filter(line -> line.startsWith("cpu#")).toList())
                .as("the shrunk sequence")
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(LONGEST);
    }

    /** 100 sequences with a misuse at the end: 2 s. */
    @Test
    void misuseIsRefusedByTheRightMachine() {
        Verdict v =
                PropertyRunner.run(
                        "misuse",
                        true,
                        Technique.PROPERTY,
                        "ApiProperties.misuseIsReportedAndChangesNothing",
                        100,
                        5);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    /** Whoever keeps slub_lock on an error exit is caught by the first misuse that is refused. */
    @Test
    void aMachineThatTakesMisuseBadlyIsFound() {
        Verdict v =
                PropertyRunner.run(
                        "Q07",
                        false,
                        Technique.PROPERTY,
                        "ApiProperties.misuseIsReportedAndChangesNothing",
                        TRIES,
                        5);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
    }

    @Test
    void theRightMachineIsClean() {
        Verdict v =
                PropertyRunner.run(
                        "machineStaysSound", true, Technique.PROPERTY, MODEL, CLEAN_TRIES, 11);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isEqualTo(CLEAN_TRIES);
    }
}
