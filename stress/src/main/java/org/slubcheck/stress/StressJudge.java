package org.slubcheck.stress;

import java.util.List;
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
     */
    static Verdict judge(StressTest test, Tally tally, long fewest) {
        if (tally == null) {
            return verdict(
                    test, Outcome.NOT_RUN, Tally.NONE, "JCStress has no result for the test");
        }
        if (!tally.error().isEmpty()) {
            Outcome outcome = tally.samples() == 0 ? Outcome.NOT_RUN : Outcome.FAULT;
            return verdict(test, outcome, tally, tally.error());
        }
        if (tally.others() > 0) {
            return verdict(
                    test,
                    Outcome.FAULT,
                    tally,
                    tally.others() + " samples ended in a way that is not the symptom");
        }
        if (tally.symptoms() > 0) {
            return verdict(test, Outcome.FOUND, tally, tally.seen());
        }
        if (tally.samples() < fewest) {
            return verdict(
                    test,
                    Outcome.NOT_RUN,
                    tally,
                    "only " + tally.samples() + " samples, " + fewest + " are needed");
        }
        return verdict(test, Outcome.CLEAN_SAMPLED, tally, "no forbidden outcome");
    }

    private static Verdict verdict(StressTest test, Outcome outcome, Tally tally, String detail) {
        return new Verdict(
                test.id(),
                test.fixed(),
                Technique.STRESS,
                test.name(),
                outcome,
                tally.samples(),
                -1,
                tally.symptoms(),
                0,
                "",
                detail,
                List.of());
    }
}
