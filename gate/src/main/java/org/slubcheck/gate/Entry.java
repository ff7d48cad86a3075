package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * A verdict in a report.
 *
 * @param jdk the feature number of the JDK that it was given on
 * @param verdict the verdict
 * @param expected whether it is what had to come out
 */
record Entry(int jdk, @JsonUnwrapped Verdict verdict, boolean expected) {
    static Entry of(int jdk, Verdict verdict) {
        boolean blindCanary =
                verdict.id().startsWith("canary ") && verdict.outcome() == Outcome.TOOL_BLIND;
        return new Entry(jdk, verdict, verdict.asExpected() || blindCanary);
    }

    boolean canary() {
        return verdict.id().startsWith("canary");
    }

    /** The same, not to be relied on because its tool's canaries failed. */
    Entry distrusted() {
        Verdict v = verdict;
        return new Entry(
                jdk,
                new Verdict(
                        v.id(),
                        v.fixed(),
                        v.technique(),
                        v.subject(),
                        Outcome.NOT_RUN,
                        v.runs(),
                        v.preemptions(),
                        v.stepReached(),
                        v.seconds(),
                        v.seed(),
                        "the canaries of the tool failed, so its clean verdict does not count",
                        v.timeline()),
                false);
    }
}
