package org.slubcheck.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Says what a tally is worth. Nothing that did not run, or hardly ran, is ever clean. */
final class StressJudge {
    private StressJudge() {}

    /**
     * The verdict on a test.
     *
     * @param tally what was counted; null when JCStress has no result for the test
     * @param fewest samples without which nothing is clean
     * @param reached how often the test's step was executed when that was tried; -1 for none
     */
    static Verdict judge(StressTest test, Tally tally, long fewest, long reached) {
        Tally counted = tally == null ? Tally.NONE : tally;
        Conclusion c = conclude(tally, fewest, reached);
        return Verdict.of(
                        test.id(), test.fixed(), Technique.STRESS, test.name(), c.outcome, c.detail)
                .runs(counted.samples())
                .stepReached(reached)
                .told(table(counted))
                .counting(counts(counted));
    }

    /** Samples by outcome; the outcome's first word is its name. */
    private static List<Count> counts(Tally tally) {
        List<Count> counts = new ArrayList<>();
        tally.table()
                .forEach(
                        (outcome, count) -> {
                            String[] parts = outcome.split(" {2}", 2);
                            String meaning = parts.length > 1 ? parts[1].strip() : "";
                            counts.add(new Count(parts[0], count, meaning));
                        });
        return counts;
    }

    private record Conclusion(Outcome outcome, String detail) {}

    private static Conclusion conclude(Tally tally, long fewest, long reached) {
        if (reached == 0) {
            return new Conclusion(Outcome.FAULT, "the step was never reached");
        }
        if (tally == null) {
            return new Conclusion(Outcome.NOT_RUN, "JCStress has no result for the test");
        }
        if (!tally.error().isEmpty()) {
            return new Conclusion(
                    tally.samples() == 0 ? Outcome.NOT_RUN : Outcome.FAULT, tally.error());
        }
        if (tally.others() > 0) {
            return new Conclusion(
                    Outcome.FAULT,
                    tally.others() + " samples ended in a way that is not the symptom");
        }
        if (tally.symptoms() > 0) {
            return new Conclusion(Outcome.FOUND, tally.seen());
        }
        if (tally.samples() < fewest) {
            return new Conclusion(
                    Outcome.NOT_RUN,
                    "only " + tally.samples() + " samples, " + fewest + " are needed");
        }
        // The rule of three: what happens more often than this would have shown.
        return new Conclusion(
                Outcome.CLEAN_SAMPLED,
                String.format(
                        Locale.ROOT,
                        "no forbidden outcome; at 95 %% it is rarer than %.1e a sample",
                        3.0 / tally.samples()));
    }

    /** The outcome table, a line an outcome; empty when nothing was counted. */
    private static List<String> table(Tally tally) {
        List<String> lines = new ArrayList<>();
        tally.table()
                .forEach(
                        (outcome, count) ->
                                lines.add(String.format(Locale.ROOT, "%,14d  %s", count, outcome)));
        if (!lines.isEmpty()) {
            lines.add(0, "       samples  outcome");
        }
        return lines;
    }
}
