package org.slubcheck.gate;

import java.util.List;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** A report as Markdown for the page of a job: short when all is well, what failed on top when not. */
final class Markdown {
    private static final int MOST_TIMELINE = 60;

    private Markdown() {}

    /** The text. */
    static String of(Report report) {
        StringBuilder md = new StringBuilder();
        List<Entry> wrong = report.verdicts().stream().filter(e -> !e.expected()).toList();
        md.append("## slubcheck: ")
                .append(report.passed() ? "passed ✅" : "failed ❌")
                .append("\n\n");
        md.append(report.found())
                .append(" of ")
                .append(report.defects())
                .append(" defects found, ");
        md.append(report.verdicts().size()).append(" verdicts, ").append(wrong.size());
        md.append(" not as expected, profile ").append(report.profile());
        md.append(report.resumed().isEmpty() ? "" : "; " + report.resumed()).append(".\n\n");
        if (!wrong.isEmpty()) {
            md.append("| | technique | on | outcome | detail |\n|---|---|---|---|---|\n");
            for (Entry e : wrong) {
                Verdict v = e.verdict();
                md.append("| ")
                        .append(cell(v.id()))
                        .append(v.fixed() ? " fixed" : "")
                        .append(" | ");
                md.append(v.technique().label())
                        .append(" | ")
                        .append(cell(v.subject()))
                        .append(" | ");
                md.append(v.outcome().label())
                        .append(" | ")
                        .append(cell(v.detail()))
                        .append(" |\n");
            }
            md.append('\n');
            wrong.stream()
                    .filter(e -> !e.verdict().timeline().isEmpty())
                    .limit(3)
                    .forEach(e -> timeline(md, e));
        }
        md.append(
                "<details><summary>All defects: found after / fixed code clean after</summary>\n\n| id | defect |");
        HtmlReport.techniques().forEach(t -> md.append(' ').append(t.label()).append(" |"));
        md.append("\n|---|---|").append("---|".repeat(HtmlReport.techniques().size())).append('\n');
        Matrix matrix = new Matrix(report.verdicts(), report.whole());
        int jdk = report.verdicts().stream().mapToInt(Entry::jdk).min().orElse(0);
        for (Catalogue.Entry entry : Catalogue.entries()) {
            md.append("| ")
                    .append(entry.defect().id())
                    .append(" | ")
                    .append(cell(entry.defect().title()))
                    .append(" |");
            for (Technique technique : HtmlReport.techniques()) {
                md.append(' ').append(matrix.cell(jdk, entry, technique)).append(" |");
            }
            md.append('\n');
        }
        md.append("\n</details>\n");
        canaries(md, report);
        return md.toString();
    }

    /** What each JDK's tools were shown, and saw. */
    private static void canaries(StringBuilder md, Report report) {
        List<CanaryRow> rows = CanaryRow.of(report.verdicts());
        if (rows.isEmpty()) {
            return;
        }
        md.append("\n<details><summary>Canaries on each JDK</summary>\n\n");
        md.append("| canary | technique | JDK | the mistake | without it | as it must be |\n");
        md.append("|---|---|--:|---|---|---|\n");
        for (CanaryRow row : rows) {
            md.append("| ").append(cell(row.name()));
            md.append(" | ").append(row.technique().label()).append(" | ").append(row.jdk());
            row.texts().forEach(text -> md.append(" | ").append(cell(text)));
            md.append(" | ").append(row.good() ? "yes" : "**no**").append(" |\n");
        }
        md.append("\n</details>\n");
    }

    private static void timeline(StringBuilder md, Entry e) {
        List<String> lines = e.verdict().timeline();
        md.append("<details><summary>")
                .append(Html.text(Key.of(e.verdict()).toString()))
                .append("</summary>\n\n");
        lines.stream()
                .limit(MOST_TIMELINE)
                .forEach(line -> md.append("    ").append(line).append('\n'));
        md.append("\n</details>\n\n");
    }

    /** One line, with nothing that ends a cell or begins a tag. */
    private static String cell(String text) {
        return Html.text(text.replaceAll("\\s+", " ")).replace("|", "\\|").replace("`", "'");
    }
}
