package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Steps;
import org.slubcheck.slubq.Slubq;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The properties of nodes: clean on the right machine, and each can fail. */
class NumaModelTest {
    private static final String EXPIRY = "NumaProperties.fullExpiryGivesEveryPageBack";
    private static final String SAME = "NumaProperties.queuesChangeNothingThatACallerSees";

    private static final int TRIES = 60;
    private static final long SEED = 22;

    /** 13 at most; a sequence is drawn with up to 40. */
    private static final int LONGEST = 14;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NumaProperties.machineStaysSound",
                "NumaProperties.machineStaysSoundWhileItChanges",
                EXPIRY,
                SAME,
                "NumaProperties.aBadFreeIsReportedOnce",
                "BootProperties.earlyReserveIsChecked"
            })
    void theRightMachineIsClean(String property) {
        Verdict v =
                PropertyRunner.run(
                        Suspect.mainline(property), Technique.PROPERTY, property, TRIES, SEED);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isEqualTo(TRIES);
    }

    private static Verdict bad(String property, Steps steps) {
        return PropertyRunner.run(
                Suspect.broken("bad", steps), Technique.PROPERTY, property, TRIES, SEED);
    }

    @Test
    void anExpiryThatForgetsAQueueLeavesSlabs() {
        Verdict v = bad(EXPIRY, Steps.mainline().with(SlubqNumaSteps.SKIP_QUEUE, queue -> true));
        assertThat(v.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(v.detail()).endsWith("slabs are left of objects that are free");
        assertShort(v);
    }

    @Test
    void anAllocationThatIsWrongOnlyWhereThereAreAlienQueuesIsSeen() {
        Verdict v =
                bad(
                        SAME,
                        Steps.mainline()
                                .with(
                                        SlubqNumaSteps.REMOTE_TAKE,
                                        (k, t, s, a, node) ->
                                                SlubqNumaSteps.REMOTE_TAKE
                                                        .mainline()
                                                        .take(
                                                                k,
                                                                t,
                                                                s,
                                                                a,
                                                                a == 0 || !own(k, s) ? node : -1)));
        assertThat(v.outcome()).isEqualTo(Outcome.FOUND);
        assertShort(v);
    }

    /** A cache of the callers; with a mistake in the others no machine would come up. */
    private static boolean own(Slubq k, long s) {
        return k.slab().nameOf(s).matches("c[0-9]");
    }

    /** What a defect of the catalogue looks like when it has been made small. */
    @ParameterizedTest
    @ValueSource(strings = {"F10", "F16", "F17", "F19", "Q20"})
    void aFindIsExplainedInFewSteps(String id) {
        Verdict v =
                PropertyRunner.run(
                        id,
                        false,
                        Technique.PROPERTY,
                        "NumaProperties.machineStaysSound",
                        200,
                        SEED);
        assertThat(Defects.byId(id)).isPresent();
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.FOUND);
        assertShort(v);
    }

    private static void assertShort(Verdict v) {
        assertThat(v.timeline().stream().filter(line -> line.startsWith("cpu#")).toList())
                .as(String.join("\n", v.timeline()))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(LONGEST);
    }
}
