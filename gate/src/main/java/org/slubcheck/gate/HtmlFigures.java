package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The figures of a page, each of them a table whose bars are drawn in its cells; and what changed. */
final class HtmlFigures {
    private static final int MOST_FINDS = 12;
    private static final String FORBIDDEN = "forbidden";

    private final Report report;
    private final Report before;
    private final StringBuilder page;

    HtmlFigures(Report report, Report before, StringBuilder page) {
        this.report = report;
        this.before = before;
        this.page = page;
    }

    void write() {
        page.append("<section id='figures'><h2>Figures</h2>");
        time();
        timeToFind();
        firstFind();
        depth();
        stress();
        page.append("</section>\n");
        changes();
    }

    /** A row of a figure. */
    private record Row(String name, double value, String text, String kind) {}

    private void bars(String title, String note, String unit, List<Row> rows, boolean logarithmic) {
        if (rows.isEmpty()) {
            return;
        }
        double most = rows.stream().mapToDouble(Row::value).max().orElse(1);
        page.append("<figure class='bars'><figcaption><h3>")
                .append(Html.text(title))
                .append("</h3><p>");
        page.append(Html.text(note))
                .append(
                        "</p></figcaption><div class='scroll' role='region' tabindex='0'"
                                + " aria-label='")
                .append(Html.text(title))
                .append("'><table><caption class='sr'>");
        page.append(Html.text(title))
                .append(
                        "</caption><thead class='sr'><tr><th scope='col'>what</th><th"
                                + " scope='col'>")
                .append(Html.text(unit))
                .append("</th></tr></thead><tbody>");
        for (Row row : rows) {
            double share =
                    logarithmic
                            ? Math.log1p(row.value) / Math.log1p(Math.max(1, most))
                            : row.value / Math.max(most, 1e-9);
            page.append("<tr><th scope='row'>")
                    .append(Html.text(row.name))
                    .append("</th><td><svg class='bar ");
            page.append(row.kind)
                    .append(
                            "' aria-hidden='true' viewBox='0 0 100 10' preserveAspectRatio='none'>");
            page.append(
                    String.format(
                            Locale.ROOT,
                            "<rect width='%.1f' height='10'/></svg><span>%s</span></td></tr>",
                            Math.max(0.4, 100 * share),
                            Html.prose(row.text)));
        }
        page.append("</tbody></table></div></figure>");
    }

    /** Seconds that the verdicts of each part took, in the order of techniques. */
    private static Map<String, Double> parts(Report report) {
        Map<String, Double> parts = new LinkedHashMap<>();
        for (Technique technique : HtmlReport.techniques()) {
            for (boolean fixed : new boolean[] {false, true}) {
                double sum =
                        report.verdicts().stream()
                                .map(Entry::verdict)
                                .filter(v -> v.technique() == technique && v.fixed() == fixed)
                                .mapToDouble(Verdict::seconds)
                                .sum();
                if (sum > 0) {
                    parts.put(technique.label() + (fixed ? ", fixed code" : ", defects"), sum);
                }
            }
        }
        return parts;
    }

    private void time() {
        List<Row> rows = new ArrayList<>();
        parts(report)
                .forEach(
                        (name, sum) ->
                                rows.add(new Row(name, sum, HtmlReport.seconds(sum), "time")));
        bars(
                "Time by part",
                "Sum over the verdicts; two programs run at a time. A round of stress is shared"
                        + " out among its tests.",
                "seconds",
                rows,
                false);
    }

    /** Stress looks at what came out when a round has ended: it does not know when the first came. */
    private void timeToFind() {
        List<Row> rows =
                report.verdicts().stream()
                        .filter(HtmlFigures::foundDefect)
                        .filter(e -> e.verdict().technique() != Technique.STRESS)
                        .filter(e -> e.verdict().seconds() > 0)
                        .sorted(
                                Comparator.comparingDouble((Entry e) -> e.verdict().seconds())
                                        .reversed())
                        .limit(MOST_FINDS)
                        .map(
                                e ->
                                        new Row(
                                                e.verdict().id()
                                                        + ", "
                                                        + e.verdict().technique().label()
                                                        + on(e),
                                                e.verdict().seconds(),
                                                HtmlReport.seconds(e.verdict().seconds()),
                                                e.verdict().technique().label()))
                        .toList();
        bars(
                "Time to the first find",
                "The slowest. A time includes the start of the machine and making what was found"
                        + " smaller. Stress is not here: only its rounds are timed.",
                "seconds",
                rows,
                false);
    }

    private static boolean foundDefect(Entry e) {
        return !e.canary() && !e.verdict().fixed() && e.verdict().outcome() == Outcome.FOUND;
    }

    private void firstFind() {
        List<Row> rows = new ArrayList<>();
        for (Technique technique : HtmlReport.techniques()) {
            report.verdicts().stream()
                    .filter(HtmlFigures::foundDefect)
                    .filter(e -> e.verdict().technique() == technique)
                    .filter(e -> runsToFind(e.verdict()) > 1)
                    .sorted(
                            Comparator.comparingLong((Entry e) -> runsToFind(e.verdict()))
                                    .reversed())
                    .limit(MOST_FINDS)
                    .forEach(e -> rows.add(found(e)));
        }
        bars(
                "Runs to the first find",
                "The twelve hardest of each technique; of stress, how many samples there were for"
                        + " each that shows it. The scale is logarithmic.",
                "runs",
                rows,
                true);
    }

    private Row found(Entry e) {
        Verdict v = e.verdict();
        String name = v.technique().label();
        long runs = runsToFind(v);
        return new Row(
                v.id() + ", " + name + on(e),
                runs,
                v.technique() == Technique.STRESS
                        ? "one in " + Matrix.count(runs, v.technique().unit())
                        : Matrix.count(runs, v.technique().unit()),
                name);
    }

    /** After how many runs it was found; of stress, how many there were for each find. */
    static long runsToFind(Verdict v) {
        long finds =
                v.counts().stream()
                        .filter(count -> count.meaning().startsWith(FORBIDDEN))
                        .mapToLong(Count::runs)
                        .sum();
        return v.technique() == Technique.STRESS && finds > 0 ? v.runs() / finds : v.runs();
    }

    /** An outcome of a stress test in words, as in {@code 1, forbidden: an object is lost}. */
    static String outcome(Count count) {
        return count.what() + ", " + count.meaning().replaceFirst("^(\\w+) {2}", "$1: ");
    }

    /** Which JDK, where there are several. */
    private String on(Entry e) {
        return report.jdks().size() > 1 ? ", JDK " + e.jdk() : "";
    }

    private void depth() {
        Map<Integer, Long> sum = new TreeMap<>();
        report.verdicts().stream()
                .map(Entry::verdict)
                .filter(v -> v.technique() == Technique.MODEL && v.fixed() && !v.ofCanary())
                .flatMap(v -> v.counts().stream())
                .filter(count -> count.what().matches("\\d{1,4}"))
                .forEach(
                        count -> sum.merge(Integer.valueOf(count.what()), count.runs(), Long::sum));
        List<Row> rows = new ArrayList<>();
        sum.forEach(
                (depth, runs) ->
                        rows.add(
                                new Row(
                                        depth + (depth == 1 ? " decision" : " decisions"),
                                        runs,
                                        Matrix.count(runs, "interleavings"),
                                        "model")));
        bars(
                "Interleavings of the fixed code by depth",
                "How many scheduling decisions they were allowed: who"
                        + " starts, each preemption, each switch where a task ends or waits.",
                "interleavings",
                rows,
                false);
    }

    private void stress() {
        List<Row> rows = new ArrayList<>();
        for (Entry e : report.verdicts()) {
            Verdict v = e.verdict();
            if (v.technique() == Technique.STRESS) {
                for (Count count : v.counts()) {
                    rows.add(
                            new Row(
                                    v.id()
                                            + (v.fixed() ? " fixed" : "")
                                            + on(e)
                                            + ": outcome "
                                            + count.what(),
                                    count.runs(),
                                    Matrix.count(count.runs(), "samples")
                                            + outcome(count).substring(count.what().length()),
                                    count.meaning().startsWith(FORBIDDEN) ? "forbidden" : "clean"));
                }
            }
        }
        bars(
                "Stress: samples by outcome",
                "On real threads; forbidden outcomes must appear with the defect and"
                        + " never without. The scale is logarithmic.",
                "samples",
                rows,
                true);
    }

    // ---- the run before

    private void changes() {
        page.append("<section id='changes'><h2>Since the run before</h2>");
        if (before == null) {
            page.append("<p>There is no earlier report to compare with.</p></section>\n");
            return;
        }
        Map<String, Entry> old = new LinkedHashMap<>();
        before.verdicts().forEach(e -> old.put(e.jdk() + " " + Key.of(e.verdict()), e));
        List<String[]> rows = new ArrayList<>();
        for (Entry e : report.verdicts()) {
            Entry was = old.remove(e.jdk() + " " + Key.of(e.verdict()));
            String what = change(was, e);
            if (!what.isEmpty()) {
                rows.add(new String[] {Key.of(e.verdict()).toString(), what});
            }
        }
        old.values()
                .forEach(
                        e ->
                                rows.add(
                                        new String[] {
                                            Key.of(e.verdict()).toString(), "no longer asked for"
                                        }));
        page.append("<p>").append(before.found()).append(" of ").append(before.defects());
        page.append(" defects were found then, ")
                .append(report.found())
                .append(" of ")
                .append(report.defects());
        page.append(" now; verdicts took ")
                .append(HtmlReport.seconds(total(before)))
                .append(" then, ");
        page.append(HtmlReport.seconds(total(report))).append(" now.</p>");
        times();
        if (rows.isEmpty()) {
            page.append("<p>No verdict changed.</p></section>\n");
            return;
        }
        page.append(
                "<div class='scroll' role='region' tabindex='0' aria-label='Changes'><table><caption>What"
                        + " changed</caption><thead><tr><th scope='col'>verdict</th><th scope='col'>change</th></tr>"
                        + "</thead><tbody>");
        for (String[] row : rows) {
            page.append("<tr><th scope='row'>").append(Html.text(row[0])).append("</th><td>");
            page.append(Html.text(row[1])).append("</td></tr>");
        }
        page.append("</tbody></table></div></section>\n");
    }

    /** What each part took before and takes now, one below the other. */
    private void times() {
        Map<String, Double> then = parts(before);
        Map<String, Double> now = parts(report);
        List<Row> rows = new ArrayList<>();
        now.forEach(
                (name, sum) -> {
                    double was = then.getOrDefault(name, 0.0);
                    rows.add(new Row(name + ": before", was, HtmlReport.seconds(was), "before"));
                    rows.add(new Row(name + ": now", sum, HtmlReport.seconds(sum), "time"));
                });
        bars("Time by part, before and now", "Sum over the verdicts.", "seconds", rows, false);
    }

    /** Outcomes, numbers of deterministic runs, and times that are out of proportion. */
    static String change(Entry was, Entry is) {
        if (was == null) {
            return "new: " + is.verdict().outcome().label();
        }
        Verdict a = was.verdict();
        Verdict b = is.verdict();
        if (a.outcome() != b.outcome()) {
            return a.outcome().label() + " → " + b.outcome().label();
        }
        if (b.technique() != Technique.STRESS && a.runs() != b.runs()) {
            return Matrix.count(a.runs(), b.technique().unit()) + " → " + Matrix.number(b.runs());
        }
        // A round of stress more or less is chance.
        boolean slower =
                b.technique() != Technique.STRESS
                        && b.seconds() > 5
                        && b.seconds() > 2 * a.seconds()
                        && a.seconds() > 0;
        return slower
                ? HtmlReport.seconds(a.seconds()) + " → " + HtmlReport.seconds(b.seconds())
                : "";
    }

    private static double total(Report report) {
        return report.verdicts().stream().mapToDouble(e -> e.verdict().seconds()).sum();
    }
}
