package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What tests say about verdicts, and verdicts as text. */
public final class Verdicts {
    private Verdicts() {}

    /**
     * Demands a verdict that can be relied on and in which nothing is wrong.
     *
     * @return the verdict
     * @throws AssertionError otherwise, with the failing interleaving or the reason
     */
    public static Verdict assertClean(Verdict verdict) {
        if (!verdict.outcome().clean()) {
            throw new AssertionError("must be clean\n" + text(verdict));
        }
        return verdict;
    }

    /**
     * Demands that something was found, and that it is what was meant.
     *
     * @param regex what the symptom must contain
     * @return the verdict
     * @throws AssertionError otherwise, with what came out instead
     */
    public static Verdict assertFound(Verdict verdict, String regex) {
        boolean own = Pattern.compile(regex).matcher(verdict.detail()).find();
        if (verdict.outcome() != Outcome.FOUND || !own) {
            throw new AssertionError("must be found: " + regex + "\n" + text(verdict));
        }
        return verdict;
    }

    /** The verdict in one line: {@code model two producers: FOUND, lost (12 interleavings)}. */
    public static String line(Verdict verdict) {
        StringBuilder line = new StringBuilder();
        line.append(verdict.technique().label()).append(' ').append(verdict.id()).append(": ");
        line.append(verdict.outcome().label()).append(", ").append(verdict.detail());
        if (!verdict.outcome().clean()) {
            line.append(" (").append(verdict.runs()).append(' ');
            line.append(verdict.technique().unit()).append(')');
        }
        return line.toString();
    }

    /** The line, then the failing interleaving, sequence or table, then how to see it again. */
    public static String text(Verdict verdict) {
        List<String> lines = new ArrayList<>(List.of(line(verdict)));
        if (!verdict.outcome().clean() && !verdict.timeline().isEmpty()) {
            lines.add("");
            lines.addAll(verdict.timeline());
        }
        if (verdict.outcome() == Outcome.FOUND && !verdict.seed().isEmpty()) {
            lines.add(
                    verdict.technique() == Technique.MODEL
                            ? "again: Check.model().replay(\"" + verdict.seed() + "\")"
                            : "again, with the same tries and calls: Check.property().seed("
                                    + verdict.seed()
                                    + ")");
        }
        return String.join("\n", lines);
    }
}
