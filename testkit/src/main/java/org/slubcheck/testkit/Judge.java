package org.slubcheck.testkit;

import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slubcheck.verdict.Outcome;

/**
 * Says what a run of a technique is worth: a pure function of what was counted. Nothing that did not
 * run, hardly ran, or ran where nobody looked is ever clean.
 */
final class Judge {
    private Judge() {}

    /**
     * What a technique hands in.
     *
     * @param tally what was counted
     * @param fault what went wrong with the tool, the scenario or its oracle; empty for nothing
     * @param wrong what is wrong with the subject, in lines; empty for nothing
     * @param symptom what a line of that must look like to be a find; null for anything
     * @param fewest runs without which nothing is clean
     * @param exhausted whether that was all there is
     * @param blind why the technique saw nothing of the subject; empty when it did
     * @param bound how far a bound was missed, in words; empty when it was completed
     * @param space what was covered, in words
     */
    record Evidence(
            Tally tally,
            String fault,
            String wrong,
            Pattern symptom,
            long fewest,
            boolean exhausted,
            String blind,
            String bound,
            String space) {}

    /** What it is worth, and why. */
    record Conclusion(Outcome outcome, String detail) {}

    /**
     * Concludes.
     *
     * @param canaries asked only when all else is clean: why the technique cannot be relied on in
     *     this JVM; empty when it can
     */
    static Conclusion conclude(Evidence e, Supplier<String> canaries) {
        if (!e.fault.isEmpty()) {
            return new Conclusion(Outcome.FAULT, e.fault);
        }
        if (!e.wrong.isEmpty()) {
            String first = e.wrong.lines().findFirst().orElse("");
            return e.wrong
                    .lines()
                    .filter(line -> e.symptom == null || e.symptom.matcher(line).find())
                    .findFirst()
                    .map(line -> new Conclusion(Outcome.FOUND, line))
                    .orElse(new Conclusion(Outcome.FAULT, "another symptom: " + first));
        }
        Conclusion lacking = lacking(e);
        if (lacking != null) {
            return lacking;
        }
        String unfit = canaries.get();
        if (!unfit.isEmpty()) {
            return new Conclusion(Outcome.TOOL_BLIND, unfit);
        }
        return new Conclusion(
                e.exhausted ? Outcome.CLEAN_EXHAUSTED : Outcome.CLEAN_SAMPLED, e.space);
    }

    /** What keeps a run in which nothing was wrong from being clean, or null. */
    private static Conclusion lacking(Evidence e) {
        Tally t = e.tally;
        if (t.runs() == 0) {
            return new Conclusion(Outcome.NOT_RUN, "nothing was run");
        }
        if (t.oracles() < t.runs()) {
            return new Conclusion(
                    Outcome.FAULT,
                    t.oracles() == 0
                            ? "the oracle never ran"
                            : "the oracle ran in " + t.oracles() + " of " + t.runs());
        }
        for (Map.Entry<String, Long> task : t.tasks().entrySet()) {
            if (task.getValue() == 0) {
                return new Conclusion(Outcome.NOT_RUN, task.getKey() + " was never run");
            }
        }
        for (Map.Entry<String, Long> reach : t.reached().entrySet()) {
            if (reach.getValue() == 0) {
                return new Conclusion(Outcome.NOT_RUN, "never seen: " + reach.getKey());
            }
        }
        if (!e.blind.isEmpty()) {
            return new Conclusion(Outcome.TOOL_BLIND, e.blind);
        }
        if (!e.exhausted && t.runs() < e.fewest) {
            return new Conclusion(
                    Outcome.NOT_RUN, "only " + t.runs() + ", " + e.fewest + " are needed");
        }
        if (!e.bound.isEmpty()) {
            return new Conclusion(Outcome.BOUND_HIT, e.bound);
        }
        return null;
    }
}
