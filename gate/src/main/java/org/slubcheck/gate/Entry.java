package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * A verdict in a report.
 *
 * @param jdk the feature number of the JDK that it was given on
 * @param verdict the verdict
 * @param canary whether it says something of a tool and nothing of a kernel
 * @param expected whether it is what had to come out
 * @param toolFault whether what is wrong is wrong with a tool or a program, not with the verdict
 * @param earlier whether it was given before the gate was ended and gone on with
 */
record Entry(
        int jdk,
        @JsonUnwrapped Verdict verdict,
        boolean canary,
        boolean expected,
        boolean toolFault,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean earlier) {

    static Entry of(int jdk, Verdict verdict) {
        boolean canary = verdict.ofCanary();
        boolean blind = canary && verdict.outcome() == Outcome.TOOL_BLIND && mayBeBlind(verdict);
        boolean expected = verdict.asExpected() || blind;
        boolean toolFault = !expected && (canary || verdict.outcome() == Outcome.FAULT);
        return new Entry(jdk, verdict, canary, expected, toolFault, false);
    }

    /** A verdict that should have been there. */
    static Entry missing(int jdk, Verdict verdict) {
        return new Entry(jdk, verdict, verdict.ofCanary(), false, true, false);
    }

    /** The same, not as it must be, for this reason. */
    Entry weakened(String why) {
        return new Entry(jdk, verdict.as(verdict.outcome(), why), canary, false, false, earlier);
    }

    /** The same, of an earlier start of the gate. */
    Entry fromBefore() {
        return new Entry(jdk, verdict, canary, expected, toolFault, true);
    }

    private static boolean mayBeBlind(Verdict verdict) {
        return verdict.technique() == Technique.MODEL
                && ModelCanaries.ALL.stream()
                        .anyMatch(twin -> twin.blind() && twin.id().equals(verdict.id()));
    }

    /** The same, not to be relied on because its tool's canaries failed. */
    Entry distrusted() {
        String why = "the canaries of the tool failed, so its clean verdict does not count";
        return missing(jdk, verdict.as(Outcome.NOT_RUN, why));
    }
}
