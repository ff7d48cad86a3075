package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.timeline.Symbolizer;

/** Runs a scenario under one schedule after another, each on a machine of its own. */
final class Replayer {
    private final Template template;
    private final Pattern symptom;
    private final Symbolizer before;
    private long runs;

    /**
     * @param template the scenario, booted with the code that is to be run
     * @param symptom what a violation must look like; null for any
     */
    Replayer(Template template, Pattern symptom) {
        this.template = template;
        this.symptom = symptom;
        this.before = new Symbolizer(template.kernel());
    }

    /**
     * What came of a run.
     *
     * @param baton the run
     * @param reached whether the step was executed that the scenario is there for
     * @param violations all that is wrong, deadlocks included
     * @param fault what went wrong with the suite, or null
     * @param own the violation that was looked for, or null
     */
    record Result(Baton baton, boolean reached, List<String> violations, String fault, String own) {
        /** True when the run shows what was looked for, and nothing is wrong with the suite. */
        boolean found() {
            return own != null && fault == null && reached && baton.offCourse() == null;
        }
    }

    /** Runs a cast as a director says, who is made for the trial. */
    Result run(Cast cast, Function<Trial, Director> director) {
        runs++;
        Trial trial = template.start(cast.without());
        long reachedBefore = template.stepReached();
        trial.kernel().checked().nameAddresses(new Symbolizer(trial.kernel())::name);
        trial.kernel().checked().startLog(true);
        Baton baton = Baton.run(trial, cast.tasks(), director.apply(trial));
        trial.kernel().checked().stopRaceDetection();
        trial.kernel().checked().stopLog();
        List<String> violations;
        if (baton.endless()) {
            violations = List.of();
        } else if (baton.deadlock()) {
            violations = new ArrayList<>(trial.kernel().reports());
            violations.add(Findings.deadlock(template, trial));
        } else if (baton.offCourse() != null || baton.broken() != null) {
            violations = List.of();
        } else {
            violations = trial.violations();
        }
        String fault =
                baton.broken() != null
                        ? baton.broken().toString()
                        : baton.endless()
                                ? "there is no end to it"
                                : trial.faults().isEmpty()
                                        ? null
                                        : String.join("; ", trial.faults());
        return new Result(
                baton,
                template.stepReached() > reachedBefore,
                List.copyOf(violations),
                fault,
                Findings.own(violations, symptom).orElse(null));
    }

    /** Names places in the memory of a trial. */
    Places places(Trial trial) {
        return new Places(before, trial.kernel().memory());
    }

    /** How many runs there were. */
    long runs() {
        return runs;
    }

    /** The scenario. */
    Template template() {
        return template;
    }
}
