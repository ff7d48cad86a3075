package org.slubcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedDeadlockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedLivelockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ValidationFailure;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Moment;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Meetings;
import org.slubcheck.machine.Step;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.schedule.Findings;
import org.slubcheck.schedule.Schedules;
import org.slubcheck.timeline.Timeline;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Minimal;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Runs a scenario through every interleaving up to a number of preemptions and says what came of it.
 * Not for several threads: Lincheck runs one check a JVM.
 */
public final class ModelCheck {
    private ModelCheck() {}

    /**
     * Checks one scenario. Of a suspect without a symptom whatever is wrong is FOUND; what the
     * scenario needs to see of its tasks' work and does not see is a fault.
     *
     * <p>When an interleaving shows nothing but what a defect is {@link Suspect#alsoSeen also seen}
     * by, the exploration starts over with switches at plain accesses too, as a program with a race
     * is no longer covered without them, and passes over such interleavings until one shows the
     * symptom.
     */
    public static synchronized Verdict run(Suspect suspect, Scenario scenario, Budget budget) {
        return run(suspect, scenario, budget, null);
    }

    /**
     * The same, and a machine on which something was wrong is kept.
     *
     * @param keeper gets it as it was at that moment; null for nobody
     */
    public static synchronized Verdict run(
            Suspect suspect, Scenario scenario, Budget budget, Consumer<Moment> keeper) {
        Template template = Template.of(suspect, scenario);
        Step<?> watched = suspect.step();
        Pattern symptom = suspect.symptom();
        Pattern alsoSeen = suspect.alsoSeen();
        long begin = System.nanoTime();
        try {
            if (keeper != null) {
                Judge.watch(symptom);
            }
            Exploration.Result result =
                    symptom == null && !budget.everyAccess()
                            ? exploreMeetings(template, budget)
                            : explore(template, budget, Judge.NOTHING, Judge.NOTHING);
            Map<Integer, Long> byDepth = CountingVerifier.byDepth();
            long interleavings = result.interleavings();
            String before = "";
            if (alsoSeen != null && onlyAlsoSeen(result.failure(), symptom, alsoSeen)) {
                String trace = firstLine(lastWrong().get(0));
                result = explore(template, budget.atEveryAccess(), symptom, alsoSeen);
                CountingVerifier.byDepth().forEach((d, n) -> byDepth.merge(d, n, Long::sum));
                before =
                        String.format(
                                "; before that only its trace, %s, in 1 interleaving with switches at"
                                        + " synchronisation and %d with switches at every access",
                                trace, Judge.passedOver());
                interleavings += result.interleavings();
            }
            Finding finding =
                    result.failure() == null
                            ? clean(result, budget)
                            : failed(result.failure(), template, symptom, keeper);
            finding = withEvidence(finding.adding(before), template);
            long reached = template.stepReached();
            if (watched != null && reached == 0) {
                finding =
                        new Finding(
                                Outcome.FAULT,
                                "the step " + watched.name() + " was never reached",
                                finding.timeline,
                                finding.marks);
            }
            Minimal minimal = null;
            if (symptom != null && !budget.everyAccess() && finding.outcome == Outcome.FOUND) {
                minimal =
                        Schedules.smallest(suspect.id(), template, Judge.last(), watched, symptom)
                                .orElse(null);
                if (minimal == null) {
                    finding = finding.adding("; no schedule of its accesses shows it again");
                }
            }
            return Verdict.of(
                            suspect.id(),
                            suspect.fixed(),
                            Technique.MODEL,
                            scenario.id(),
                            finding.outcome,
                            finding.detail)
                    .runs(interleavings)
                    .preemptions(result.preemptions())
                    .stepReached(watched == null ? -1 : reached)
                    .told(finding.timeline)
                    .with(finding.marks)
                    .with(minimal)
                    .counting(counts(byDepth))
                    .took((System.nanoTime() - begin) / 1e9);
        } finally {
            Judge.close();
        }
    }

    /** A clean verdict says what was seen of the tasks' work; one that saw too little is a fault. */
    private static Finding withEvidence(Finding finding, Template template) {
        if (!finding.outcome.clean() && finding.outcome != Outcome.BOUND_HIT) {
            return finding;
        }
        if (!template.missing().isEmpty()) {
            return new Finding(
                    Outcome.FAULT,
                    "never seen: " + String.join(", ", template.missing()),
                    List.of());
        }
        StringBuilder seen = new StringBuilder(finding.detail);
        if (Judge.words() >= 0) {
            seen.append(", tasks meet in ").append(Judge.words()).append(" words");
        }
        if (Judge.aside() > 0) {
            seen.append(", ").append(Judge.aside()).append(" of them nowhere");
        }
        new TreeMap<>(template.evidence())
                .forEach(
                        (what, often) ->
                                seen.append(", ").append(what).append(" in ").append(often));
        return new Finding(finding.outcome, seen.toString(), List.of());
    }

    /** Interleavings that show most of the words in which the tasks meet. */
    private static final int LOOK = 40;

    /** Explores with switches only where tasks meet: as often as it takes to know where that is. */
    private static Exploration.Result exploreMeetings(Template template, Budget budget) {
        return explore(template, budget, new Meetings(template.kernel().memory().size()));
    }

    /** The same, beginning with what is known. */
    static Exploration.Result explore(Template template, Budget budget, Meetings first) {
        Meetings known = first;
        boolean look = budget.invocations() > LOOK;
        while (true) {
            Meetings meetings = known;
            Judge.open(template, Judge.NOTHING, Judge.NOTHING);
            List<Integer> alone = look ? List.of() : alone(template, meetings);
            Judge.meet(meetings, !look, alone.size());
            template.forget();
            Exploration.Result result =
                    exploreNow(template, look ? budget.atMost(LOOK) : budget, alone);
            if (result.failure() != null || meetings.complete() && (!look || result.exhausted())) {
                return result;
            }
            look &= !meetings.complete();
            known = meetings.next();
        }
    }

    static Exploration.Result explore(
            Template template, Budget budget, Pattern symptom, Pattern passOver) {
        Judge.open(template, symptom, passOver);
        return exploreNow(template, budget);
    }

    /**
     * Tasks that are known to meet nobody, where two that may meet are left. Whatever the interleaving,
     * it comes to the same to run them first: decision 9.
     */
    private static List<Integer> alone(Template template, Meetings known) {
        int tasks = template.scenario().tasks().size();
        List<Integer> alone = IntStream.range(0, tasks).filter(known::alone).boxed().toList();
        return tasks - alone.size() < 2 ? List.of() : alone;
    }

    static Exploration.Result exploreNow(Template template, Budget budget) {
        return exploreNow(template, budget, List.of());
    }

    /** The same, some tasks in the thread of the first of the others, before it. */
    private static Exploration.Result exploreNow(
            Template template, Budget budget, List<Integer> first) {
        List<List<Exploration.Operation>> threads = new ArrayList<>();
        List<Exploration.Operation> thread = new ArrayList<>();
        first.forEach(task -> thread.add(operation(task)));
        for (int task = 0; task < template.scenario().tasks().size(); task++) {
            if (!first.contains(task)) {
                thread.add(operation(task));
                threads.add(List.copyOf(thread));
                thread.clear();
            }
        }
        return Exploration.run(
                ModelTest.class, threads, ModelTest.class, CountingVerifier.class, budget);
    }

    private static Exploration.Operation operation(int task) {
        return new Exploration.Operation("task" + task);
    }

    /** True when the interleaving that failed shows traces of the defect and not its symptom. */
    private static boolean onlyAlsoSeen(
            LincheckFailure failure, Pattern symptom, Pattern alsoSeen) {
        if (!(failure instanceof ValidationFailure validation)
                || !(validation.getException() instanceof Judge.Violation)
                || !Judge.last().faults().isEmpty()) {
            return false;
        }
        return Judge.onlyTraces(lastWrong(), symptom, alsoSeen);
    }

    private static List<String> lastWrong() {
        return Judge.wrong().get(Judge.wrong().size() - 1);
    }

    /** Interleavings by the scheduling decisions that they were allowed; see {@link Exploration}. */
    static List<Count> counts(Map<Integer, Long> byDepth) {
        return new TreeMap<>(byDepth)
                .entrySet().stream()
                        .map(
                                e ->
                                        new Count(
                                                Integer.toString(e.getKey()),
                                                e.getValue(),
                                                "scheduling decisions"))
                        .toList();
    }

    /** What came of a check. */
    record Finding(Outcome outcome, String detail, List<String> timeline, List<Mark> marks) {
        Finding(Outcome outcome, String detail, List<String> timeline) {
            this(outcome, detail, timeline, List.of());
        }

        Finding adding(String more) {
            return new Finding(outcome, detail + more, timeline, marks);
        }
    }

    static Finding clean(Exploration.Result result, Budget budget) {
        String reached =
                result.interleavings()
                        + " interleavings, "
                        + (result.exhausted()
                                ? "every one there is"
                                : result.preemptions()
                                        + (result.preemptions() == 1
                                                ? " preemption completed"
                                                : " preemptions completed"));
        if (result.exhausted()) {
            // A loop before the tasks start switches the exploration off after one interleaving,
            // and Lincheck is green then: two tasks have at least two interleavings.
            boolean whole =
                    result.interleavings() > 1 && result.preemptions() >= budget.preemptions();
            return whole
                    ? new Finding(Outcome.CLEAN_EXHAUSTED, reached, List.of())
                    : new Finding(
                            Outcome.NOT_RUN,
                            "the exploration was cut short: " + reached,
                            List.of());
        }
        boolean enough = result.preemptions() >= budget.enough();
        if (!enough && result.interleavings() < budget.invocations()) {
            return new Finding(
                    Outcome.NOT_RUN, "the exploration ended early: " + reached, List.of());
        }
        return result.preemptions() >= budget.preemptions()
                ? new Finding(Outcome.CLEAN_SAMPLED, reached, List.of())
                : new Finding(
                        Outcome.BOUND_HIT,
                        reached + ", " + budget.preemptions() + " asked for",
                        List.of());
    }

    private static Finding failed(
            LincheckFailure failure, Template template, Pattern symptom, Consumer<Moment> keeper) {
        Trial trial = Judge.last();
        trial.kernel().checked().stopRaceDetection();
        trial.kernel().checked().stopLog();
        List<String> violations;
        if (failure instanceof ValidationFailure validation) {
            if (!(validation.getException() instanceof Judge.Violation)) {
                return fault("the oracle failed: " + validation.getException(), List.of());
            }
            List<List<String>> wrong = Judge.wrong();
            violations = lastWrong();
            if (wrong.size() < 2 || !wrong.get(0).equals(violations)) {
                return fault("the failing interleaving did not replay", List.of());
            }
        } else if (failure instanceof ManagedDeadlockFailure
                || failure instanceof ManagedLivelockFailure) {
            violations = new ArrayList<>(trial.kernel().reports());
            violations.add(Findings.deadlock(template, trial));
        } else {
            return fault(failure.getClass().getSimpleName() + ": " + failure, List.of());
        }
        if (!trial.faults().isEmpty()) {
            return fault(String.join("; ", trial.faults()), List.of());
        }
        Optional<String> own = Findings.own(violations, symptom);
        if (own.isPresent()) {
            keep(trial, own.get(), keeper);
            return told(Outcome.FOUND, firstLine(own.get()), template, trial, own.get());
        }
        String other = violations.get(0);
        keep(trial, other, keeper);
        return told(Outcome.FAULT, "another symptom: " + firstLine(other), template, trial, other);
    }

    private static void keep(Trial trial, String violation, Consumer<Moment> keeper) {
        if (keeper != null) {
            keeper.accept(Judge.witness().moment(violation, trial.tasksByThread()));
        }
    }

    private static Finding told(
            Outcome outcome, String detail, Template template, Trial trial, String violation) {
        AccessLog log = trial.kernel().checked().log();
        List<String> tasks = trial.tasksByThread();
        return new Finding(
                outcome,
                firstLine(detail),
                Timeline.of(template.kernel(), log, tasks, violation),
                Timeline.marks(template.kernel(), log, tasks, violation));
    }

    private static Finding fault(String detail, List<String> timeline) {
        return new Finding(Outcome.FAULT, firstLine(detail), timeline);
    }

    static String firstLine(String text) {
        return Findings.firstLine(text);
    }
}
