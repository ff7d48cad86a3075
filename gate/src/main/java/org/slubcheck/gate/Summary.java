package org.slubcheck.gate;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Help.Ansi;

/** The end of a gate on one screen: a line a technique, then what is not as it must be. */
final class Summary {
    private static final int MOST_COMPLAINTS = 4;

    /** Of a complaint: two rows of a terminal of 80 columns. */
    private static final int WIDTH = 155;

    private static final String ROW = "%s %-9s %13s %13s  %-20s %10s";

    private final List<Entry> entries;
    private final Ansi ansi;

    /**
     * @param ansi whether there are colours; see {@link Terminal#colours()}
     */
    Summary(List<Entry> entries, Ansi ansi) {
        this.entries = entries;
        this.ansi = ansi;
    }

    /** A line for each technique, of one JDK. */
    void techniques(PrintWriter out, int jdk) {
        out.println();
        out.printf(
                "%-14s" + ROW.substring(ROW.indexOf(" %13s")) + "%n",
                "JDK " + jdk,
                "defects found",
                "fixed clean",
                "in",
                "canaries");
        for (Technique technique : HtmlReport.techniques()) {
            List<Entry> own =
                    entries.stream()
                            .filter(e -> e.jdk() == jdk)
                            .filter(e -> e.verdict().technique() == technique)
                            .toList();
            if (!own.isEmpty()) {
                out.println(line(technique, own));
                bounds(own).ifPresent(text -> out.println("     " + text));
            }
        }
    }

    private String line(Technique technique, List<Entry> own) {
        long defects = count(own, false, false);
        long fixed = count(own, true, false);
        long canaries = own.stream().filter(Entry::canary).count();
        boolean good = own.stream().allMatch(Entry::expected);
        Map<Boolean, Long> runs = new TreeMap<>();
        own.forEach(e -> runs.merge(e.verdict().fixed(), e.verdict().runs(), Long::sum));
        return String.format(
                ROW,
                mark(good),
                technique.label(),
                count(own, false, true) + " of " + defects,
                count(own, true, true) + " of " + fixed,
                Matrix.count(runs.getOrDefault(true, 0L), technique.unit()),
                own.stream().filter(e -> e.canary() && e.expected()).count() + " of " + canaries);
    }

    /** What clean model checks went through, and what they left out; nothing where there are none. */
    private static Optional<String> bounds(List<Entry> own) {
        List<Verdict> clean =
                own.stream()
                        .filter(e -> !e.canary() && e.expected())
                        .map(Entry::verdict)
                        .filter(v -> v.fixed() && v.technique() == Technique.MODEL)
                        .toList();
        List<Verdict> part =
                clean.stream().filter(v -> v.outcome() == Outcome.CLEAN_SAMPLED).toList();
        if (clean.isEmpty()) {
            return Optional.empty();
        }
        String all = "every interleaving of " + (clean.size() - part.size());
        if (part.isEmpty()) {
            return Optional.of(all + ", nothing left out");
        }
        int fewest = part.stream().mapToInt(Verdict::preemptions).min().orElse(0);
        return Optional.of(
                String.format(
                        "%s; of %d all with %s, the rest not explored",
                        all, part.size(), Matrix.count(fewest, "preemptions")));
    }

    private static long count(List<Entry> own, boolean fixed, boolean expected) {
        return own.stream()
                .filter(e -> !e.canary() && e.verdict().fixed() == fixed)
                .filter(e -> !expected || e.expected())
                .count();
    }

    /** The first of what is not as it must be, a line each; the page has them all. */
    void complaints(PrintWriter out) {
        List<Entry> wrong = entries.stream().filter(e -> !e.expected()).toList();
        if (!wrong.isEmpty()) {
            out.println();
        }
        for (Entry e : wrong.subList(0, Math.min(wrong.size(), MOST_COMPLAINTS))) {
            Verdict v = e.verdict();
            String text = Key.of(v) + ": " + v.outcome().label() + ", " + v.detail();
            out.println(
                    mark(false)
                            + " "
                            + (text.length() > WIDTH ? text.substring(0, WIDTH - 1) + "…" : text));
        }
        if (wrong.size() > MOST_COMPLAINTS) {
            out.println("     and " + (wrong.size() - MOST_COMPLAINTS) + " more: see the report");
        }
    }

    private String mark(boolean good) {
        return ansi.string(good ? "@|green ok  |@" : "@|bold,red FAIL|@");
    }
}
