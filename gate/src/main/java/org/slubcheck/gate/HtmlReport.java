package org.slubcheck.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * A report as one page that needs nothing else: the matrix, what was not as expected, a section for
 * each defect, figures, and what changed since the run before. All of it is there without scripts;
 * these only filter and switch the theme.
 */
final class HtmlReport {
    private static final String FOLDER = "/org/slubcheck/gate/html/";

    private final Report report;
    private final Report before;
    private final String sources;
    private final StringBuilder page = new StringBuilder(1 << 20);

    private HtmlReport(Report report, Report before, String sources) {
        this.report = report;
        this.before = before;
        this.sources = sources;
    }

    /**
     * The page of a report that this program made.
     *
     * @param before an earlier report to compare with, or null
     */
    static byte[] bytes(Report report, Report before) {
        return bytes(report, before, report.commit());
    }

    /**
     * The page of any report.
     *
     * @param before an earlier report to compare with, or null
     * @param sources the commit that this program was built from, as {@link Commit#of} says: stories
     *     and code are its own
     */
    static byte[] bytes(Report report, Report before, String sources) {
        return new HtmlReport(report, before, sources).page().getBytes(StandardCharsets.UTF_8);
    }

    private String page() {
        head();
        unexpected();
        new HtmlMatrix(report, page, report.isOf(sources)).write();
        HtmlDefect sections = new HtmlDefect(report, page);
        page.append("<section id='defects'><h2>Defects, one by one</h2>\n");
        for (Catalogue.Entry entry : Catalogue.entries()) {
            sections.write(entry);
        }
        page.append("</section>\n");
        new HtmlFigures(report, before, page).write();
        others();
        page.append(resource("glossary.html"));
        return resource("page.html")
                .replace("{{title}}", Html.text(title()))
                .replace("{{style}}", resource("page.css"))
                .replace("{{script}}", resource("page.js"))
                .replace("{{body}}", page);
    }

    private String title() {
        return "slubcheck: "
                + (report.passed() ? "passed" : "failed")
                + ", "
                + report.found()
                + " of "
                + report.defects()
                + " defects found";
    }

    private void head() {
        List<Entry> wrong = report.verdicts().stream().filter(e -> !e.expected()).toList();
        String jdks =
                String.join(
                        ", ",
                        report.verdicts().stream()
                                .map(e -> Integer.toString(e.jdk()))
                                .distinct()
                                .toList());
        page.append("<div class='banner ").append(report.passed() ? "good" : "bad").append("'>");
        page.append("<p class='verdict'>").append(report.passed() ? "Passed" : "Failed");
        page.append("</p><dl class='facts'>");
        fact("defects found", report.found() + " of " + report.defects());
        fact("verdicts", Integer.toString(report.verdicts().size()));
        fact("not as expected", Integer.toString(wrong.size()));
        fact("profile", report.profile());
        fact("JDK", jdks);
        if (!report.commit().isEmpty()) {
            fact("commit", Commit.brief(report.commit()));
        }
        if (!report.resumed().isEmpty()) {
            fact("gone on with", report.resumed());
        }
        page.append("</dl></div>\n");
        if (!report.isOf(sources)) {
            page.append("<p class='note'>These verdicts are of commit ")
                    .append(Html.text(Commit.brief(report.commit())))
                    .append(". The list of defects, their stories and their code are of ")
                    .append(Html.text(Commit.brief(sources)))
                    .append(", which made this page.</p>\n");
        }
        page.append(
                "<p class='lead'>Each defect is wrong code for one step of a Linux slab allocator. It"
                        + " has to be <em>found</em> when it is put in, by every technique that looks for"
                        + " it, and the fixed code has to be <em>clean</em> under the same search. New"
                        + " here? Read <a href='#Q04a'>Q04a</a> first; the <a href='#words'>words</a> are"
                        + " explained at the end.</p>\n");
    }

    private void fact(String name, String value) {
        page.append("<div><dt>").append(Html.text(name)).append("</dt><dd>");
        page.append(Html.text(value)).append("</dd></div>");
    }

    private void unexpected() {
        List<Entry> wrong = report.verdicts().stream().filter(e -> !e.expected()).toList();
        if (wrong.isEmpty()) {
            return;
        }
        page.append("<section id='wrong'><h2>Not as expected</h2>");
        table("Verdicts that are not what had to come out", wrong);
        page.append("</section>\n");
    }

    /** Canaries and suites: what belongs to no defect. */
    private void others() {
        List<Entry> others =
                report.verdicts().stream()
                        .filter(e -> Catalogue.byId(e.verdict().id()).isEmpty() && !e.canary())
                        .toList();
        page.append(
                "<section id='others'><h2>Canaries and suites</h2><p>A canary is a known mistake"
                        + " that says whether a tool can see at all; a clean verdict counts only when its"
                        + " tool's canaries came out as they must.</p>");
        canaries();
        table("Suites", others);
        page.append("</section>\n");
    }

    /** A row for each canary on each JDK, with what it took to see it. */
    private void canaries() {
        tableHead(
                "Canaries on each JDK",
                List.of("canary", "technique", "JDK", "the mistake", "without it", "as it must be"),
                "canaries");
        for (CanaryRow row : CanaryRow.of(report.verdicts())) {
            page.append("<tr><th scope='row'>").append(Html.text(row.name())).append("</th>");
            cells(row.technique().label(), Integer.toString(row.jdk()));
            row.texts().forEach(this::cells);
            page.append("<td>").append(chip(row.good(), row.good() ? "yes" : "no"));
            page.append("</td></tr>");
        }
        page.append("</tbody></table></div>");
    }

    private void tableHead(String caption, List<String> columns, String kind) {
        page.append("<div class='scroll' role='region' tabindex='0' aria-label='")
                .append(Html.text(caption));
        page.append("'><table class='")
                .append(kind)
                .append("'><caption>")
                .append(Html.text(caption))
                .append("</caption><thead><tr>");
        for (String name : columns) {
            page.append("<th scope='col'>").append(name).append("</th>");
        }
        page.append("</tr></thead><tbody>");
    }

    private void table(String caption, List<Entry> entries) {
        tableHead(
                caption,
                List.of("what", "code", "technique", "subject", "outcome", "runs", "JDK", "detail"),
                "cases");
        for (Entry e : entries) {
            Verdict v = e.verdict();
            page.append("<tr><th scope='row'>").append(name(v)).append("</th>");
            cells(v.fixed() ? "fixed" : "defective", v.technique().label());
            page.append("<td>").append(Html.text(v.subject()).replace(".", ".<wbr>"));
            page.append("</td>");
            page.append("<td>").append(chip(e)).append("</td>");
            cells(
                    Matrix.count(v.runs(), v.technique().unit()),
                    Integer.toString(e.jdk()),
                    v.detail());
            page.append("</tr>");
        }
        page.append("</tbody></table></div>");
    }

    /** A defect leads to its section. */
    private static String name(Verdict v) {
        String id = Html.text(v.id());
        return Catalogue.byId(v.id()).isPresent() ? "<a href='#" + id + "'>" + id + "</a>" : id;
    }

    private void cells(String... texts) {
        for (String text : texts) {
            page.append("<td>").append(Html.text(text)).append("</td>");
        }
    }

    /** An outcome, and whether it is what had to come out: in colour and in words. */
    static String chip(Entry e) {
        return chip(e.expected(), e.verdict().outcome().label());
    }

    private static String chip(boolean good, String word) {
        return "<span class='chip "
                + (good ? "good" : "bad")
                + "'>"
                + (good ? "✓ " : "✗ ")
                + word
                + "</span>";
    }

    /** Techniques in the order of columns. */
    static List<Technique> techniques() {
        return new ArrayList<>(Matrix.COLUMNS);
    }

    /** A duration for people. */
    static String seconds(double seconds) {
        if (seconds >= 90) {
            return String.format(Locale.ROOT, "%.1f min", seconds / 60);
        }
        return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.0f s", seconds);
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(FOLDER + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
