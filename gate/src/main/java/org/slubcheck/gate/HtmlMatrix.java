package org.slubcheck.gate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Story;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The matrix of a page: a row a defect, a column a technique, and the filters over it. */
final class HtmlMatrix {
    private final Report report;
    private final StringBuilder page;
    private final boolean asked;

    /**
     * @param asked whether the gate was asked for all that the catalogue names; not when that is of
     *     another commit
     */
    HtmlMatrix(Report report, StringBuilder page, boolean asked) {
        this.report = report;
        this.page = page;
        this.asked = asked;
    }

    void write() {
        page.append("<section id='matrix'><h2>Defects and techniques</h2>");
        page.append(
                "<p>A cell says after how many runs the defect was found, and how many runs of the"
                        + " fixed code were clean: samples of stress, interleavings of model, tries of"
                        + " property, boots, faults, runs of lockdep. Stress does not end with its"
                        + " first find: its samples are all of a round.</p>");
        filters();
        page.append(
                "<div class='scroll' role='region' tabindex='0' aria-label='Matrix of defects and"
                        + " techniques'><table class='matrix'><caption class='sr'>Found after / fixed code clean"
                        + " after, by technique</caption><thead><tr><th scope='col'>id</th><th"
                        + " scope='col'>defect</th>");
        for (Technique technique : HtmlReport.techniques()) {
            page.append("<th scope='col'>").append(technique.label()).append("</th>");
        }
        page.append("</tr></thead><tbody>\n");
        for (Catalogue.Entry entry : Catalogue.entries()) {
            row(entry);
        }
        page.append("</tbody></table></div></section>\n");
    }

    private void filters() {
        page.append(
                "<form class='filters' role='search' aria-label='Filter defects'>"
                        + "<label>Search <input id='q' type='search' placeholder='id, title, step, rule … (key /)'"
                        + " autocomplete='off' aria-keyshortcuts='/'></label>"
                        + "<label>Technique <select id='technique'><option value=''>all</option>");
        for (Technique technique : HtmlReport.techniques()) {
            page.append("<option>").append(technique.label()).append("</option>");
        }
        page.append(
                "</select></label><label>Verdict <select id='state'><option value=''>all</option>"
                        + "<option value='bad'>not as expected</option><option value='good'>as"
                        + " expected</option></select></label>"
                        + "<output id='shown' aria-live='polite'></output></form>");
    }

    private void row(Catalogue.Entry entry) {
        String id = entry.defect().id();
        List<Entry> own = report.of(id);
        boolean good = !own.isEmpty() && own.stream().allMatch(Entry::expected);
        page.append("<tr data-id='")
                .append(id)
                .append("' data-state='")
                .append(good ? "good" : "bad");
        page.append("' data-techniques='").append(techniques(entry)).append("' data-text='");
        page.append(Html.text(words(entry)))
                .append("'><th scope='row'><a href='#")
                .append(id)
                .append("'>");
        page.append(id)
                .append("</a></th><td>")
                .append(Html.text(entry.defect().title()))
                .append("</td>");
        for (Technique technique : HtmlReport.techniques()) {
            page.append("<td>");
            if (entry.subjects().containsKey(technique)) {
                side(own, technique, false);
                page.append("<span class='sep'> / </span>");
                side(own, technique, true);
            } else {
                page.append(
                        "<span class='none' aria-hidden='true'>·</span><span class='sr'>not looked for</span>");
            }
            page.append("</td>");
        }
        page.append("</tr>\n");
    }

    private void side(List<Entry> own, Technique technique, boolean fixed) {
        List<Entry> entries =
                own.stream()
                        .filter(e -> e.verdict().technique() == technique)
                        .filter(e -> e.verdict().fixed() == fixed)
                        .toList();
        Entry entry =
                entries.stream()
                        .filter(e -> !e.expected())
                        .findFirst()
                        .orElse(entries.isEmpty() ? null : entries.get(0));
        if (entry == null) {
            String why = asked ? "another shard" : "not asked for";
            page.append(
                    report.whole() && asked
                            ? "<span class='num bad'>NOT-RUN</span>"
                            : "<span class='none'>" + why + "</span>");
            return;
        }
        Verdict v = entry.verdict();
        page.append("<span class='num ")
                .append(entry.expected() ? fixed ? "clean" : "found" : "bad");
        page.append("' title='").append(Html.text(Matrix.summary(v))).append("'>");
        page.append(entry.expected() ? Matrix.number(v.runs()) : v.outcome().label())
                .append("</span>");
    }

    static String techniques(Catalogue.Entry entry) {
        return entry.subjects().keySet().stream()
                .map(Technique::label)
                .collect(Collectors.joining(" "));
    }

    /** What a search looks at. */
    private static String words(Catalogue.Entry entry) {
        Story story = entry.defect().story();
        return String.join(
                        " ",
                        entry.defect().id(),
                        entry.defect().title(),
                        entry.defect().step().name(),
                        story.source(),
                        story.rule(),
                        story.symptom())
                .toLowerCase(Locale.ROOT);
    }
}
