package org.slubcheck.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.verdict.Minimal;

/** Makes schedules of failing runs. */
public final class Schedules {
    private Schedules() {}

    private static Optional<Found> of(
            String defect, Template template, Trial failing, Step<?> watched, Pattern symptom) {
        Replayer replayer = new Replayer(template, symptom);
        AccessLog log = failing.kernel().checked().log();
        Cast all = Cast.all(template.scenario());
        Shrink.Candidate first =
                log.dropped() > 0
                        ? null
                        : Shrink.candidate(replayer, all, Shrink.stages(failing, log));
        if (first == null) {
            return Optional.empty();
        }
        Supplier<Replayer> fixed =
                () -> {
                    Scenario scenario = template.scenario();
                    Template right = Template.checked(scenario, Steps.mainline(), watched);
                    return new Replayer(right, null);
                };
        Shrink.Smallest smallest = Shrink.of(replayer, fixed, first);
        return Optional.of(
                new Found(written(defect, replayer, smallest.schedule()), smallest.proven()));
    }

    private record Found(Schedule schedule, boolean proven) {}

    /**
     * The smallest schedule that is found from a failing run on, or nothing when a run of the same
     * accesses in the same order does not fail alike.
     *
     * @param template what the trial is a copy of; its count of steps goes on
     * @param failing a trial that was logged, all of it
     * @param watched the step that the defect replaces
     * @param symptom the defect's own
     */
    public static Optional<Minimal> smallest(
            String defect, Template template, Trial failing, Step<?> watched, Pattern symptom) {
        return of(defect, template, failing, watched, symptom)
                .map(
                        found ->
                                new Minimal(
                                        found.schedule.preemptions(),
                                        found.proven,
                                        found.schedule.legs().size() - 1,
                                        ScheduleText.lines(found.schedule)));
    }

    static Schedule written(String defect, Replayer replayer, Shrink.Candidate smallest) {
        Recorded first = record(replayer, smallest, List.of());
        Recorded second = record(replayer, smallest, first.legs);
        Replayer.Result result = second.result;
        Scenario scenario = replayer.template().scenario();
        Map<Integer, String> tasks = new LinkedHashMap<>();
        smallest.cast().tasks().forEach(task -> tasks.put(task, scenario.tasks().get(task)));
        return new Schedule(
                scenario.id(),
                defect,
                Machines.line(replayer.template().kernel().geometry()),
                result.baton().preemptions(),
                Findings.firstLine(result.own()),
                tasks,
                smallest.cast().without(),
                second.legs);
    }

    private record Recorded(Replayer.Result result, List<Leg> legs) {}

    private static Recorded record(Replayer replayer, Shrink.Candidate schedule, List<Leg> known) {
        AtomicReference<Recorder> recorder = new AtomicReference<>();
        Replayer.Result result =
                replayer.run(
                        schedule.cast(),
                        trial -> {
                            Places places = replayer.places(trial);
                            recorder.set(new Recorder(schedule.stages(), known, places));
                            return recorder.get();
                        });
        return new Recorded(result, recorder.get().legs());
    }
}
