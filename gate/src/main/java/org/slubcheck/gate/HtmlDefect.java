package org.slubcheck.gate;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Evidence;
import org.slubcheck.defects.Story;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The section of a defect: its story, the code of its step, what happened, the numbers. */
final class HtmlDefect {
    private final Report report;
    private final StringBuilder page;
    private final Sources sources = new Sources();

    HtmlDefect(Report report, StringBuilder page) {
        this.report = report;
        this.page = page;
    }

    void write(Catalogue.Entry entry) {
        Defect<?> defect = entry.defect();
        Story story = defect.story();
        List<Entry> own = report.of(defect.id());
        page.append("<article id='")
                .append(defect.id())
                .append("' aria-labelledby='h-")
                .append(defect.id());
        page.append("'><h3 id='h-")
                .append(defect.id())
                .append("'><span class='id'>")
                .append(defect.id());
        page.append("</span> ").append(Html.text(defect.title())).append("</h3>");
        page.append("<p class='story'>").append(Html.text(story.mechanism())).append("</p>");
        page.append("<dl class='points'>");
        point("Rule broken", story.rule());
        point("What is seen", story.symptom());
        point("Fix", story.fix());
        point("Source", story.source());
        point(
                "Evidence",
                story.evidence().stream().map(Evidence::meaning).collect(Collectors.joining("; ")));
        page.append("</dl>");
        code(defect);
        happened(own);
        numbers(own);
        page.append("<p class='again'>Again, on your machine: <code>./slubcheck reproduce ");
        page.append(defect.id())
                .append("</code>, and with <code>--fixed</code> to see that the fix")
                .append(
                        " holds. <a href='#words'>Words</a> · <a href='#matrix'>Back to the matrix</a></p></article>\n");
    }

    private void point(String name, String text) {
        page.append("<dt>")
                .append(name)
                .append("</dt><dd>")
                .append(Html.text(text))
                .append("</dd>");
    }

    // ---- code

    private void code(Defect<?> defect) {
        page.append("<h4>The step <code>")
                .append(Html.text(defect.step().name()))
                .append("</code></h4>");
        Sources.Code right = sources.right(defect);
        Sources.Code wrong = sources.wrong(defect);
        if (right != null && !right.comment().isEmpty()) {
            page.append("<p>").append(Html.text(right.comment())).append("</p>");
        }
        page.append("<div class='codes'>");
        listing("With the defect", "wrong", wrong, defect.id());
        listing("Fixed", "right", right, defect.id());
        page.append("</div>");
    }

    private void listing(String title, String kind, Sources.Code code, String id) {
        page.append("<figure class='code ").append(kind).append("'><figcaption>").append(title);
        page.append("</figcaption>");
        if (code == null) {
            page.append("<p>The sources were not kept with this build.</p>");
        } else {
            for (SourceText.Excerpt part : code.parts()) {
                String name = part.file().substring(part.file().lastIndexOf('/') + 1);
                page.append("<p class='file'>")
                        .append(Html.text(name))
                        .append(':')
                        .append(part.line());
                page.append("</p><pre tabindex='0' role='region' aria-label='")
                        .append(Html.text(id + " " + title + ": " + name + " line " + part.line()));
                page.append("'><code>").append(Html.text(part.text())).append("</code></pre>");
            }
        }
        page.append("</figure>");
    }

    // ---- what happened

    private void happened(List<Entry> own) {
        Entry drawn =
                own.stream()
                        .filter(e -> !e.verdict().marks().isEmpty())
                        .min(Comparator.comparing(e -> e.verdict().fixed()))
                        .orElse(null);
        if (drawn != null) {
            drawing(drawn.verdict());
        }
        own.stream()
                .filter(e -> !e.verdict().fixed() || !e.expected())
                .filter(e -> e.verdict().marks().isEmpty() && !e.verdict().timeline().isEmpty())
                .filter(e -> e.verdict().technique() != Technique.STRESS)
                .forEach(e -> text(e.verdict()));
    }

    private void drawing(Verdict v) {
        String id = "t-" + v.id();
        String about = "Failing interleaving of " + v.id() + ", " + v.subject() + ": " + v.detail();
        page.append("<h4>What happened: <code>")
                .append(Html.text(v.subject()))
                .append("</code>, after ");
        page.append(Matrix.count(v.runs(), v.technique().unit())).append("</h4>");
        legend(v.marks());
        page.append("<div class='scroll draw' role='region' tabindex='0' aria-label='");
        page.append(Html.text(v.id() + " time line")).append("'>");
        page.append(Lanes.svg(v.marks(), Lanes.Size.WIDE, id, about));
        page.append(Lanes.svg(v.marks(), Lanes.Size.NARROW, id, about));
        page.append("</div>");
        asTable(v);
        schedule(v);
    }

    private void legend(List<Mark> marks) {
        page.append("<ul class='legend'><li><i class='k off'></i>irqs off</li>");
        if (marks.stream().anyMatch(Mark::ipi)) {
            page.append("<li><i class='k ipi'></i>runs another CPU's interrupt</li>");
        }
        marks.stream()
                .flatMap(mark -> mark.locks().stream())
                .distinct()
                .limit(1)
                .forEach(lock -> page.append("<li><i class='k lock'></i>holds a lock</li>"));
        page.append(
                "<li><i class='k write'></i>store</li><li><i class='k read'></i>load</li>"
                        + "<li><i class='k box'></i>lock, unlock</li><li>a number counts the"
                        + " accesses to memory; where it jumps, some that say nothing are left"
                        + " out</li></ul>");
    }

    /** The same for who reads tables. */
    private void asTable(Verdict v) {
        page.append(
                        "<details><summary>The same as a table</summary><div class='scroll' role='region'"
                                + " tabindex='0' aria-label='")
                .append(v.id())
                .append(" time line as a table'>");
        page.append("<table class='marks'><caption class='sr'>").append(Html.text(v.id()));
        page.append(
                " time line</caption><thead><tr><th scope='col'>access</th><th scope='col'>CPU</th>"
                        + "<th scope='col'>what happens</th><th scope='col'>held behind it</th></tr></thead><tbody>");
        for (Mark mark : v.marks()) {
            page.append("<tr><td>").append(mark.step() > 0 ? mark.step() : "").append("</td><td>");
            page.append(mark.cpu() >= 0 ? mark.cpu() : "").append("</td><td>");
            page.append(Html.text(Lanes.shown(mark.text()))).append("</td><td>");
            page.append(mark.irqsOff() ? "irqs off" : "")
                    .append(mark.irqsOff() && !mark.locks().isEmpty() ? ", " : "");
            page.append(Html.text(String.join(", ", mark.locks()))).append("</td></tr>");
        }
        page.append("</tbody></table></div></details>");
    }

    /** The file to copy that runs it again. */
    private void schedule(Verdict v) {
        if (v.minimal() == null) {
            return;
        }
        page.append("<details><summary>The smallest one as a schedule: ");
        page.append(Matrix.needs(v.minimal()));
        page.append("</summary><p>In a file, <code>./slubcheck replay-schedule FILE</code> runs");
        page.append(" exactly this again, <code>--fixed</code> on the fixed code.</p>");
        page.append("<pre class='case' tabindex='0' role='region' aria-label='");
        page.append(Html.text(v.id())).append(" schedule'>");
        page.append(Html.text(String.join("\n", v.minimal().schedule())));
        page.append("</pre></details>");
    }

    private void text(Verdict v) {
        page.append("<h4>What happened: <code>")
                .append(Html.text(v.subject()))
                .append("</code>, by ");
        page.append(v.technique().label())
                .append("</h4><pre class='case' tabindex='0' role='region'");
        page.append(" aria-label='")
                .append(
                        Html.text(
                                v.id()
                                        + " case by "
                                        + v.technique().label()
                                        + (v.fixed() ? " fixed" : "")));
        page.append("'>").append(Html.text(String.join("\n", v.timeline()))).append("</pre>");
    }

    // ---- numbers

    private void numbers(List<Entry> own) {
        if (own.isEmpty()) {
            page.append("<p>This defect is not in the report.</p>");
            return;
        }
        String id = own.get(0).verdict().id();
        page.append("<h4>Verdicts</h4><div class='scroll' role='region' tabindex='0' aria-label='");
        page.append(id)
                .append(" verdicts'><table class='verdicts'><caption class='sr'>")
                .append(id);
        page.append(
                " verdicts</caption><thead><tr><th scope='col'>technique</th><th scope='col'>code</th>"
                        + "<th scope='col'>outcome</th><th scope='col'>runs</th><th scope='col'>time</th>"
                        + "<th scope='col'>JDK</th><th scope='col'>detail</th></tr></thead><tbody>");
        for (Entry e : own) {
            Verdict v = e.verdict();
            page.append("<tr><th scope='row'>").append(v.technique().label()).append("</th><td>");
            page.append(v.fixed() ? "fixed" : "defective")
                    .append("</td><td>")
                    .append(HtmlReport.chip(e));
            page.append("</td><td class='n'>").append(Matrix.count(v.runs(), v.technique().unit()));
            if (v.preemptions() >= 0 && v.fixed()) {
                page.append(", ")
                        .append(Matrix.count(v.preemptions(), "preemptions"))
                        .append(" completed");
            }
            if (v.minimal() != null) {
                page.append(", ").append(Matrix.needs(v.minimal()));
            }
            page.append("</td><td class='n'>")
                    .append(v.seconds() > 0 ? HtmlReport.seconds(v.seconds()) : "–");
            page.append("</td><td class='n'>").append(e.jdk()).append("</td><td>");
            page.append(Html.prose(v.detail())).append(outcomes(v)).append("</td></tr>");
        }
        page.append("</tbody></table></div>");
    }

    private static String outcomes(Verdict v) {
        if (v.technique() != Technique.STRESS) {
            return "";
        }
        StringBuilder list = new StringBuilder("<ul class='outcomes'>");
        for (Count count : v.counts()) {
            list.append("<li><b>").append(Matrix.number(count.runs())).append("</b> × outcome ");
            list.append(Html.prose(HtmlFigures.outcome(count))).append("</li>");
        }
        return list.append("</ul>").toString();
    }
}
