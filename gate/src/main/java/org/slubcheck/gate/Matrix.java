package org.slubcheck.gate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Minimal;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The end of a gate: a row a defect, a column a technique, found and clean with their numbers. */
final class Matrix {
    static final List<Technique> COLUMNS =
            List.of(
                    Technique.STRESS,
                    Technique.MODEL,
                    Technique.PROPERTY,
                    Technique.BOOT,
                    Technique.FAULT,
                    Technique.LOCKDEP);

    private static final String NONE = "·";
    private static final String ELSEWHERE = "elsewhere";

    private final List<Entry> entries;
    private final boolean whole;

    /** Of a whole gate. */
    Matrix(List<Entry> entries) {
        this(entries, true);
    }

    /**
     * @param whole whether what is not there should have been; otherwise another shard has it
     */
    Matrix(List<Entry> entries, boolean whole) {
        this.entries = entries;
        this.whole = whole;
    }

    /** The matrix of one JDK, then the canaries and suites, then whatever is not as it must be. */
    void print(PrintWriter out, int jdk) {
        List<String[]> rows = new ArrayList<>();
        rows.add(header());
        for (Catalogue.Entry defect : Catalogue.entries()) {
            String[] row = new String[COLUMNS.size() + 2];
            row[0] = defect.defect().id();
            row[1] = defect.defect().title();
            for (int i = 0; i < COLUMNS.size(); i++) {
                row[i + 2] = cell(jdk, defect, COLUMNS.get(i));
            }
            if (whole || entries.stream().anyMatch(e -> e.verdict().id().equals(row[0]))) {
                rows.add(row);
            }
        }
        out.println();
        out.println("JDK " + jdk + ": defect found after / fixed twin clean after");
        out.println();
        table(out, rows);
        out.println();
        for (Entry entry : entries) {
            if (entry.jdk() == jdk && !ofCatalogue(entry)) {
                Verdict v = entry.verdict();
                out.printf(
                        "%-4s %-26s %-9s %s%n",
                        entry.expected() ? "ok" : "FAIL",
                        v.id() + (entry.canary() && v.fixed() ? " (fixed)" : ""),
                        v.technique().label(),
                        summary(v));
            }
        }
        entries.stream()
                .filter(e -> e.jdk() == jdk && !e.expected())
                .forEach(e -> out.println(complaint(e)));
    }

    private static String[] header() {
        String[] header = new String[COLUMNS.size() + 2];
        header[0] = "id";
        header[1] = "defect";
        for (int i = 0; i < COLUMNS.size(); i++) {
            header[i + 2] = COLUMNS.get(i).label();
        }
        return header;
    }

    private static boolean ofCatalogue(Entry entry) {
        return Catalogue.byId(entry.verdict().id()).isPresent();
    }

    /** Found after / clean after, or what came out instead. */
    String cell(int jdk, Catalogue.Entry defect, Technique technique) {
        if (!defect.subjects().containsKey(technique)) {
            return NONE;
        }
        return side(jdk, defect, technique, false) + " / " + side(jdk, defect, technique, true);
    }

    private String side(int jdk, Catalogue.Entry defect, Technique technique, boolean fixed) {
        Optional<Entry> entry =
                entries.stream()
                        .filter(e -> e.jdk() == jdk)
                        .filter(e -> e.verdict().id().equals(defect.defect().id()))
                        .filter(e -> e.verdict().technique() == technique)
                        .filter(e -> e.verdict().fixed() == fixed)
                        .findFirst();
        if (entry.isEmpty()) {
            return whole ? Outcome.NOT_RUN.label() : ELSEWHERE;
        }
        Verdict v = entry.get().verdict();
        return entry.get().expected() ? number(v.runs()) : v.outcome().label() + "!";
    }

    private static String complaint(Entry entry) {
        Verdict v = entry.verdict();
        return String.format(
                "FAIL %s %s by %s on %s: %s, %s",
                v.id(),
                v.fixed() ? "fixed" : "defective",
                v.technique().label(),
                v.subject(),
                v.outcome().label(),
                v.detail());
    }

    /** A verdict's numbers in words. */
    static String summary(Verdict v) {
        StringBuilder text = new StringBuilder();
        text.append(v.outcome().label()).append(' ').append(v.subject());
        text.append(", ").append(count(v.runs(), v.technique().unit()));
        if (v.preemptions() >= 0 && v.outcome() != Outcome.FOUND) {
            text.append(", ").append(count(v.preemptions(), "preemptions")).append(" completed");
        }
        if (v.minimal() != null) {
            text.append(", ").append(needs(v.minimal()));
        }
        return text.toString();
    }

    /** How many preemptions it takes, or at most takes. */
    static String needs(Minimal minimal) {
        String most = minimal.proven() ? "" : "at most ";
        return "needs " + most + count(minimal.preemptions(), "preemptions");
    }

    /** A number of things, whose name is given for many. */
    static String count(long n, String things) {
        String one =
                things.endsWith("ies")
                        ? things.substring(0, things.length() - 3) + "y"
                        : things.substring(0, things.length() - 1);
        return number(n) + " " + (n == 1 ? one : things);
    }

    /** 1234567 as 1.2M: a figure, not an account. */
    static String number(long n) {
        if (n < 10_000) {
            return Long.toString(n);
        }
        if (n < 1_000_000) {
            return n / 1000 + "k";
        }
        return String.format(Locale.ROOT, "%.1fM", n / 1e6);
    }

    private static void table(PrintWriter out, List<String[]> rows) {
        int[] width = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(String.format("%-" + (width[i] + 2) + "s", row[i]));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
