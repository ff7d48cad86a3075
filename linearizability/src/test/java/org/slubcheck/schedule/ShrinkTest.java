package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.scenarios.Call;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubq.SlubqSteps;

/** What is larger than it need be gets as small as what is kept, and never stops failing. */
class ShrinkTest {
    /** A schedule that is kept, and what runs it. */
    private static final class Case {
        final Schedule kept;
        final Template right;
        final Replayer wrong;
        final Cast cast;

        Case(String id) throws IOException, ScheduleException {
            kept = ScheduleCatalogueTest.read(id);
            Defect<?> defect = Defects.byId(id).orElseThrow();
            Scenario scenario = Scenarios.byId(kept.scenario()).orElseThrow();
            Steps steps = defect.install(Steps.mainline());
            // On the scenario's own machine: the oracle of Q11 asks for pages that are free.
            right = Template.checked(scenario, Steps.mainline(), defect.step());
            wrong =
                    new Replayer(
                            Template.checked(scenario, steps, defect.step()), defect.symptom());
            cast = Cast.all(scenario);
        }

        Shrink.Candidate candidate(Cast some, List<Counted.Stage> stages) {
            return Shrink.candidate(wrong, some, stages);
        }

        Shrink.Candidate shrunk(Shrink.Candidate large) {
            return smallest(large, Shrink.MOST).schedule();
        }

        Shrink.Smallest smallest(Shrink.Candidate large, int most) {
            return Shrink.of(wrong, () -> new Replayer(right, null), large, most);
        }

        /** Up to where each task runs under the schedule. */
        List<Counted.Stage> stages() {
            Replayer.Result result =
                    wrong.run(
                            kept.cast(),
                            trial -> new Named(kept.legs(), true, wrong.places(trial)));
            assertThat(result.found()).isTrue();
            List<Counted.Stage> stages = new ArrayList<>();
            for (Passage p : result.baton().passages()) {
                boolean preempted = p.end() == Leg.End.BEFORE;
                stages.add(new Counted.Stage(p.task(), preempted ? p.accesses() : Counted.WHOLE));
            }
            return stages;
        }
    }

    private final Case q04a;

    ShrinkTest() throws IOException, ScheduleException {
        q04a = new Case("Q04a");
    }

    @Test
    void switchesThatDecideNothingGo() {
        List<Counted.Stage> stages = q04a.stages();
        int decisive = stages.get(0).until();
        stages.addAll(
                0,
                List.of(
                        new Counted.Stage(0, 2),
                        new Counted.Stage(1, decisive / 3),
                        new Counted.Stage(0, 4),
                        new Counted.Stage(1, decisive / 2),
                        new Counted.Stage(0, 6)));
        Shrink.Candidate large = q04a.candidate(q04a.cast, stages);
        assertThat(large).isNotNull();
        assertThat(large.result().baton().preemptions()).isGreaterThan(q04a.kept.preemptions());

        Shrink.Candidate small = q04a.shrunk(large);

        assertThat(small.result().found()).isTrue();
        assertThat(small.result().baton().preemptions()).isEqualTo(q04a.kept.preemptions());
        assertThat(small.stages()).hasSizeLessThan(large.stages().size());
        assertThat(q04a.candidate(small.cast(), small.stages())).isNotNull();
    }

    @Test
    void whatIsSmallStays() {
        Shrink.Candidate small = q04a.candidate(q04a.kept.cast(), q04a.stages());
        assertThat(q04a.shrunk(small)).isEqualTo(small);
    }

    @Test
    void aScheduleThatDoesNotFailIsNoCandidate() {
        List<Counted.Stage> inOrder =
                q04a.cast.tasks().stream()
                        .map(task -> new Counted.Stage(task, Counted.WHOLE))
                        .toList();
        assertThat(q04a.candidate(q04a.cast, inOrder)).isNull();
    }

    @Test
    void aTaskThatDecidesNothingGoes() throws IOException, ScheduleException {
        Case one = new Case("F02");
        List<Counted.Stage> all = one.stages();
        all.add(new Counted.Stage(1 - all.get(0).task(), Counted.WHOLE));
        Shrink.Candidate large = one.candidate(one.cast, all);
        assertThat(large).isNotNull();
        assertThat(one.shrunk(large).cast().tasks()).hasSize(1);
    }

    /** Without its second task the scenario is not what its oracle judges, with or without the defect. */
    @Test
    void aTaskThatTheOracleCountsOnStays() throws IOException, ScheduleException {
        Case both = new Case("Q11");
        Shrink.Candidate small = both.candidate(both.cast, both.stages());
        assertThat(both.shrunk(small).cast().tasks()).hasSize(2);
        List<Counted.Stage> alone = List.of(new Counted.Stage(0, Counted.WHOLE));
        assertThat(both.candidate(Cast.of(List.of(0)), alone)).isNotNull();
    }

    /** A call that decides nothing goes, and the switches stay what they were. */
    @Test
    void aCallThatDecidesNothingGoes() {
        Shrink.Candidate large = q04a.candidate(q04a.cast, q04a.stages());
        assertThat(large.cast().without()).isEmpty();
        Shrink.Candidate small = q04a.shrunk(large);
        assertThat(small.cast()).isEqualTo(q04a.kept.cast());
        assertThat(small.cast().without()).containsExactly(new Call(1, 1));
        assertThat(small.result().baton().accesses(1))
                .isLessThan(large.result().baton().accesses(1));
    }

    /** No schedule of the same calls with fewer preemptions fails; nor can a call be spared. */
    @ParameterizedTest
    @MethodSource("org.slubcheck.schedule.ScheduleCatalogueTest#ids")
    void whatIsKeptIsProvenToBeSmall(String id) throws IOException, ScheduleException {
        Case one = new Case(id);
        Shrink.Candidate kept = one.candidate(one.kept.cast(), one.stages());
        Shrink.Smallest smallest = one.smallest(kept, Shrink.MOST);
        assertThat(smallest.proven()).isTrue();
        assertThat(smallest.schedule().preemptions()).isEqualTo(one.kept.preemptions());
        assertThat(smallest.schedule().cast()).isEqualTo(one.kept.cast());
    }

    @Test
    void aSearchThatIsGivenUpProvesNothing() throws IOException, ScheduleException {
        Case two = new Case("F07");
        Shrink.Candidate kept = two.candidate(two.kept.cast(), two.stages());
        assertThat(two.smallest(kept, 50).proven()).isFalse();
        assertThat(two.smallest(kept, 50).schedule().preemptions()).isEqualTo(2);
    }

    /** Fails when a task is preempted, and every second time that one runs behind the other. */
    private static final class Moody extends Toy {
        private int orderly;

        Moody() {
            super("one", "two");
        }

        @Override
        public void body(int task, Task self, Trial trial) {
            Slab slab = trial.kernel().slab();
            slab.kfree(self, slab.kmalloc(self, 32, Gfp.KERNEL));
            super.body(task, self, trial);
            trial.note(task, 1);
        }

        @Override
        public List<String> judge(Trial trial) {
            boolean both = trial.noted(0) != 0 && trial.noted(1) != 0;
            boolean wrong = trial.overlapped() || both && ++orderly % 2 == 0;
            return wrong ? List.of("wrong") : List.of();
        }
    }

    /** A failure with fewer preemptions that does not come again is no schedule, but no proof either. */
    @Test
    void aFailureThatDoesNotComeAgainLeavesNothingProven() {
        Moody moody = new Moody();
        Template template = Template.checked(moody, Steps.mainline(), SlubqSteps.PRE_ALLOC);
        Replayer replayer = new Replayer(template, null);
        Shrink.Candidate first =
                Shrink.candidate(
                        replayer,
                        Cast.all(moody),
                        List.of(new Counted.Stage(0, 2), new Counted.Stage(1, Counted.WHOLE)));
        assertThat(first.preemptions()).isEqualTo(1);
        Shrink.Smallest smallest = Shrink.of(replayer, () -> replayer, first, Shrink.MOST);
        assertThat(smallest.schedule().preemptions()).isEqualTo(1);
        assertThat(smallest.proven()).isFalse();
    }
}
