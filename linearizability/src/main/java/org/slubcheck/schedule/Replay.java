package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.timeline.Timeline;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * A schedule, run once. The same file and the same code give the same result.
 *
 * @param verdict what came of it: FOUND with the symptom of the schedule's defect, or in the fixed
 *     code with anything wrong; clean when nothing is; a fault otherwise, also when the schedule
 *     could not be followed
 * @param offCourse the line of the file that could not be followed; 0 when all could
 * @param skipped what of the schedule there is not in the fixed code, a line each
 */
public record Replay(Verdict verdict, int offCourse, List<String> skipped) {
    /** Copies the list. */
    public Replay {
        skipped = List.copyOf(skipped);
    }

    /** Runs a schedule exactly, with its defect in place. */
    public static Replay run(Schedule schedule) {
        return run(schedule, defect(schedule), true);
    }

    /**
     * Runs a schedule on the fixed code. There a point may not exist; {@link Named} says what is done
     * then.
     */
    public static Replay runFixed(Schedule schedule) {
        return run(schedule, null, false);
    }

    private static Defect<?> defect(Schedule schedule) {
        return Defects.byId(schedule.defect()).orElseThrow();
    }

    /**
     * Runs a schedule.
     *
     * @param installed what is wrong with the code, or null
     * @param exactly whether a point that is not reached ends the run
     */
    static Replay run(Schedule schedule, Defect<?> installed, boolean exactly) {
        Scenario scenario = Scenarios.byId(schedule.scenario()).orElseThrow();
        Steps steps = installed == null ? Steps.mainline() : installed.install(Steps.mainline());
        Step<?> watched = installed == null ? defect(schedule).step() : installed.step();
        KernelConfig config =
                scenario.config()
                        .with(
                                Machines.smaller(scenario.config().geometry(), schedule.machine())
                                        .orElseThrow());
        Pattern symptom = installed == null ? null : defect(schedule).symptom();
        Template template;
        try {
            template = Template.checked(scenario, config, steps, watched);
        } catch (RuntimeException tooSmall) {
            return new Replay(neverStarted(schedule, installed == null, tooSmall), 0, List.of());
        }
        Replayer replayer = new Replayer(template, symptom);
        AtomicReference<Named> named = new AtomicReference<>();
        Replayer.Result result =
                replayer.run(
                        schedule.cast(),
                        trial -> {
                            Places places = replayer.places(trial);
                            named.set(new Named(schedule.legs(), exactly, places));
                            return named.get();
                        });
        List<String> skipped = new ArrayList<>();
        named.get().skipped().forEach(leg -> skipped.add("line " + leg.line() + ": " + leg));
        OffCourse lost = result.baton().offCourse();
        return new Replay(
                verdict(schedule, installed == null, watched, template, result),
                lost == null ? 0 : lost.line(),
                skipped);
    }

    /** The machine of a schedule may be smaller than the scenario's, and too small for it. */
    private static Verdict neverStarted(Schedule schedule, boolean fixed, RuntimeException why) {
        return Verdict.of(
                        schedule.defect(),
                        fixed,
                        Technique.MODEL,
                        schedule.scenario(),
                        Outcome.FAULT,
                        "the scenario does not come up on this machine: "
                                + Findings.firstLine(String.valueOf(why.getMessage())))
                .stepReached(0);
    }

    private static Verdict verdict(
            Schedule schedule,
            boolean fixed,
            Step<?> watched,
            Template template,
            Replayer.Result result) {
        Outcome outcome;
        String detail;
        String wrong = result.own();
        if (result.baton().offCourse() != null) {
            outcome = Outcome.FAULT;
            detail = result.baton().offCourse().getMessage();
        } else if (result.fault() != null) {
            outcome = Outcome.FAULT;
            detail = Findings.firstLine(result.fault());
        } else if (!result.reached()) {
            outcome = Outcome.FAULT;
            detail = "the step " + watched.name() + " was never reached";
        } else if (wrong != null) {
            outcome = Outcome.FOUND;
            detail = Findings.firstLine(wrong);
        } else if (result.violations().isEmpty()) {
            outcome = Outcome.CLEAN_SAMPLED;
            detail = "nothing is wrong in this interleaving";
        } else {
            wrong = result.violations().get(0);
            outcome = Outcome.FAULT;
            detail = "another symptom: " + Findings.firstLine(wrong);
        }
        Trial trial = result.baton().trial();
        AccessLog log = trial.kernel().checked().log();
        List<String> tasks = trial.tasksByThread();
        List<String> lines =
                wrong == null ? List.of() : Timeline.of(template.kernel(), log, tasks, wrong);
        List<Mark> marks =
                wrong == null ? List.of() : Timeline.marks(template.kernel(), log, tasks, wrong);
        return Verdict.of(
                        schedule.defect(),
                        fixed,
                        Technique.MODEL,
                        schedule.scenario(),
                        outcome,
                        detail)
                .runs(1)
                .preemptions(result.baton().preemptions())
                .stepReached(template.stepReached())
                .told(lines)
                .with(marks);
    }
}
