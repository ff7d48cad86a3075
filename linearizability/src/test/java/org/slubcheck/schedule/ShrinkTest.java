package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;

/** What is larger than it need be gets as small as what is kept, and never stops failing. */
class ShrinkTest {
    /** A schedule that is kept, and what runs it. */
    private static final class Case {
        final Schedule kept;
        final Template right;
        final Replayer wrong;
        final List<Integer> tasks;

        Case(String id) throws IOException, ScheduleException {
            kept = ScheduleCatalogueTest.read(id);
            Defect<?> defect = Defects.byId(id).orElseThrow();
            Scenario scenario = Scenarios.byId(kept.scenario()).orElseThrow();
            Steps steps = defect.install(Steps.mainline());
            right = Template.checked(scenario, Steps.mainline(), defect.step());
            wrong =
                    new Replayer(
                            Template.checked(scenario, steps, defect.step()), defect.symptom());
            tasks = IntStream.range(0, scenario.tasks().size()).boxed().toList();
        }

        Shrink.Candidate candidate(List<Integer> some, List<Counted.Stage> stages) {
            return Shrink.candidate(wrong, some, stages);
        }

        Shrink.Candidate shrunk(Shrink.Candidate large) {
            return Shrink.of(wrong, () -> new Replayer(right, null), large);
        }

        /** Up to where each task runs under the schedule. */
        List<Counted.Stage> stages() {
            List<Integer> some = kept.tasks().keySet().stream().sorted().toList();
            Replayer.Result result =
                    wrong.run(some, trial -> new Named(kept.legs(), true, wrong.places(trial)));
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
        Shrink.Candidate large = q04a.candidate(q04a.tasks, stages);
        assertThat(large).isNotNull();
        assertThat(large.result().baton().preemptions()).isGreaterThan(q04a.kept.preemptions());

        Shrink.Candidate small = q04a.shrunk(large);

        assertThat(small.result().found()).isTrue();
        assertThat(small.result().baton().preemptions()).isEqualTo(q04a.kept.preemptions());
        assertThat(small.stages()).hasSizeLessThan(large.stages().size());
        assertThat(q04a.candidate(q04a.tasks, small.stages())).isNotNull();
    }

    @Test
    void whatIsSmallStays() {
        Shrink.Candidate small = q04a.candidate(q04a.tasks, q04a.stages());
        assertThat(q04a.shrunk(small)).isEqualTo(small);
    }

    @Test
    void aScheduleThatDoesNotFailIsNoCandidate() {
        List<Counted.Stage> inOrder =
                q04a.tasks.stream().map(task -> new Counted.Stage(task, Counted.WHOLE)).toList();
        assertThat(q04a.candidate(q04a.tasks, inOrder)).isNull();
    }

    @Test
    void aTaskThatDecidesNothingGoes() throws IOException, ScheduleException {
        Case one = new Case("F02");
        List<Counted.Stage> all = one.stages();
        all.add(new Counted.Stage(1 - all.get(0).task(), Counted.WHOLE));
        Shrink.Candidate large = one.candidate(one.tasks, all);
        assertThat(large).isNotNull();
        assertThat(one.shrunk(large).tasks()).hasSize(1);
    }

    /** Without its second task the scenario is not what its oracle judges, with or without the defect. */
    @Test
    void aTaskThatTheOracleCountsOnStays() throws IOException, ScheduleException {
        Case both = new Case("Q11");
        Shrink.Candidate small = both.candidate(both.tasks, both.stages());
        assertThat(both.shrunk(small).tasks()).hasSize(2);
        List<Counted.Stage> alone = List.of(new Counted.Stage(0, Counted.WHOLE));
        assertThat(both.candidate(List.of(0), alone)).isNotNull();
    }
}
