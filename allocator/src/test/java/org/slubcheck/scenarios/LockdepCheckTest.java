package org.slubcheck.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** The lock order from one run: the fixed code keeps it everywhere, and a wrong one is seen. */
class LockdepCheckTest {
    static Stream<Scenario> scenarios() {
        return Stream.concat(Scenarios.all().stream(), Scenarios.pairs().stream());
    }

    static Stream<LockdepCanaries.Twin> canaries() {
        return LockdepCanaries.ALL.stream();
    }

    private static Verdict check(Steps steps, String symptom) {
        Scenario scenario = Scenarios.byId("destroy-vs-create").orElseThrow();
        Pattern own = symptom == null ? null : Pattern.compile(symptom);
        return LockdepCheck.run(
                new Suspect("x", own == null, steps, SlabSteps.DESTROY_UNLOCK, own, null),
                scenario);
    }

    /** Destroys under a lock that is to be taken outside of slub_lock. */
    private static Steps inverted() {
        return Steps.mainline()
                .with(
                        SlabSteps.DESTROY_UNLOCK,
                        (k, t, moment) -> {
                            if (moment == SlabSteps.DestroyUnlock.Moment.DONE) {
                                touch(k, t);
                                k.upWrite(t);
                            }
                        });
    }

    private static void touch(Slab k, org.slubcheck.machine.Task t) {
        // Any word serves as the lock; lockdep goes by the class.
        long lock = k.wiring().sysfsMutex();
        k.machine().mutexLock(t, lock, LockClass.RCU_BARRIER_MUTEX, "test");
        k.machine().mutexUnlock(t, lock, LockClass.RCU_BARRIER_MUTEX);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theFixedCodeKeepsTheDocumentedOrder(Scenario scenario) {
        Verdict v = LockdepCheck.run(Suspect.mainline("x"), scenario);
        assertThat(v.outcome()).as(v.detail()).isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    @Test
    void anOrderAgainstTheDocumentedOneIsFoundInFixedCode() {
        Verdict v = check(inverted(), null);
        assertThat(v.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(v.detail())
                .isEqualTo("lock order slub_lock -> rcu_barrier_mutex is not the documented one");
    }

    @Test
    void aRunThatGoesWrongInAnotherWayIsNoFind() {
        Steps leak = Steps.mainline().with(SlabSteps.DESTROY_UNLOCK, (k, t, moment) -> {});
        Verdict v = check(leak, "slub_lock");
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).startsWith("the run did not pass: ");
    }

    @Test
    void aRunWithoutAReportIsClean() {
        assertThat(check(Steps.mainline(), "slub_lock").outcome()).isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    /** The kernel's fs_reclaim: the run has memory enough, ends, and is reported all the same. */
    @Test
    void reclaimUnderItsCallersLockIsSeenWithoutAShortage() {
        Scenario scenario = Scenarios.byId("kswapd-vs-create").orElseThrow();
        Defect<?> defect = Defects.byId("F22").orElseThrow();
        Template template =
                Template.checked(scenario, defect.install(Steps.mainline()), defect.step());
        Trial trial = template.start();
        trial.kernel().checked().soleRunner(true);
        for (int task = 0; task < scenario.tasks().size(); task++) {
            trial.run(task);
        }
        assertThat(trial.died()).isFalse();
        assertThat(trial.violations())
                .singleElement()
                .asString()
                .startsWith("WARNING: possible circular locking dependency detected")
                .contains("\n fs_reclaim\n", "-> #1 (fs_reclaim)", "-> #0 (slub_lock)");
    }

    @Test
    void aStepThatIsNeverReachedIsAFault() {
        Scenario scenario = Scenarios.byId("destroy-vs-create").orElseThrow();
        Verdict v = LockdepCheck.run(Suspect.mainline("x").reaching(SlubqSteps.PUBLISH), scenario);
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
    }

    @ParameterizedTest
    @MethodSource("canaries")
    void aCanaryIsAsExpected(LockdepCanaries.Twin twin) {
        Verdict v = twin.run();
        assertThat(v.asExpected()).as(v.id() + " " + v.fixed() + ": " + v.detail()).isTrue();
    }

    @Test
    void everyMistakeHasItsFixedTwin() {
        List<String> broken = names(false);
        assertThat(broken).isNotEmpty().isEqualTo(names(true));
    }

    private static List<String> names(boolean fixed) {
        return LockdepCanaries.ALL.stream()
                .filter(twin -> twin.fixed() == fixed)
                .map(LockdepCanaries.Twin::name)
                .toList();
    }
}
