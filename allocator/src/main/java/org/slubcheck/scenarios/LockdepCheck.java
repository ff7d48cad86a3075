package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.Moment;
import org.slubcheck.kernel.Witness;
import org.slubcheck.machine.Lockdep;
import org.slubcheck.machine.Step;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Judges the lock order of a scenario from one run in which nothing goes wrong: its tasks run one
 * after the other in one thread, so no deadlock can happen, and lockdep tells of those that could.
 *
 * <p>A find is a run that passed but for lockdep's report. A task that waits for a lock of its own
 * does not pass; it counts when lockdep has said so before. The fixed code is also held to the order
 * that {@link org.slubcheck.machine.LockClass} documents.
 */
public final class LockdepCheck {
    private static final Pattern REPORT =
            Pattern.compile(
                    "^WARNING: (possible (circular locking dependency|recursive locking) detected"
                            + "|inconsistent lock state"
                            + "|HARDIRQ-safe -> HARDIRQ-unsafe lock order detected)");

    private static final String RECURSIVE = "WARNING: possible recursive locking detected";
    private static final String LOCKUP = "BUG: spinlock lockup suspected";

    private LockdepCheck() {}

    /**
     * Runs a scenario once. The same code gives the same verdict.
     *
     * @param suspect the code; its symptom is what a report must look like to be the defect's own
     */
    public static Verdict run(Suspect suspect, Scenario scenario) {
        return run(suspect, scenario, null);
    }

    /**
     * The same, and a machine on which something was found is kept.
     *
     * @param keeper gets it as it was at that moment; null for nobody
     */
    public static Verdict run(Suspect suspect, Scenario scenario, Consumer<Moment> keeper) {
        Template template = Template.of(suspect, scenario);
        Trial trial = template.start();
        trial.kernel().checked().soleRunner(true);
        Witness witness = null;
        if (keeper != null) {
            trial.kernel().checked().startLog(true);
            witness = Witness.of(trial.kernel(), template.kernel(), suspect.symptom());
        }
        for (int task = 0; task < scenario.tasks().size(); task++) {
            trial.run(task);
        }
        Finding finding = judge(trial, suspect.symptom());
        if (witness != null && finding.outcome == Outcome.FOUND) {
            trial.kernel().checked().stopLog();
            keeper.accept(
                    witness.moment(String.join("\n", finding.report), trial.scenario().tasks()));
        }
        Step<?> watched = suspect.step();
        if (watched != null && template.stepReached() == 0) {
            finding = fault("the step " + watched.name() + " was never reached");
        }
        return Verdict.of(
                        suspect.id(),
                        suspect.fixed(),
                        Technique.LOCKDEP,
                        scenario.id(),
                        finding.outcome,
                        finding.detail)
                .runs(1)
                .stepReached(watched == null ? -1 : template.stepReached())
                .told(finding.report);
    }

    private record Finding(Outcome outcome, String detail, List<String> report) {}

    private static Finding judge(Trial trial, Pattern symptom) {
        if (!trial.faults().isEmpty()) {
            return fault(String.join("; ", trial.faults()));
        }
        List<String> wrong = new ArrayList<>(trial.violations());
        List<Lockdep.Edge> edges = edges(trial.kernel());
        if (symptom == null) {
            for (Lockdep.Edge edge : edges) {
                if (!edge.documented()) {
                    wrong.add("lock order " + edge + " is not the documented one");
                }
            }
            return wrong.isEmpty()
                    ? new Finding(
                            Outcome.CLEAN_SAMPLED,
                            "one run, " + edges.size() + " orders of two locks, all as documented",
                            List.of())
                    : found(wrong.get(0));
        }
        boolean hangIsForetold = wrong.stream().anyMatch(text -> text.startsWith(RECURSIVE));
        for (String text : wrong) {
            boolean foretold = hangIsForetold && text.startsWith(LOCKUP);
            if (!foretold && !REPORT.matcher(text).find()) {
                return fault("the run did not pass: " + firstLine(text));
            }
        }
        return wrong.stream()
                .filter(text -> symptom.matcher(text).find())
                .findFirst()
                .map(LockdepCheck::found)
                .orElseGet(
                        () ->
                                wrong.isEmpty()
                                        ? new Finding(
                                                Outcome.CLEAN_SAMPLED,
                                                "one run without a report",
                                                List.of())
                                        : fault("another symptom: " + firstLine(wrong.get(0))));
    }

    private static List<Lockdep.Edge> edges(Kernel kernel) {
        if (kernel.machine().observer() instanceof Lockdep lockdep) {
            return lockdep.edges();
        }
        throw new IllegalStateException("nobody watches the locks");
    }

    private static Finding found(String text) {
        return new Finding(Outcome.FOUND, firstLine(text), text.lines().toList());
    }

    private static Finding fault(String detail) {
        return new Finding(Outcome.FAULT, firstLine(detail), List.of());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
