package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;

/** The page says what the report says, of every defect, and asks nothing of a network. */
class HtmlReportTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir Path folder;

    private static String page(Report report, Report before) {
        return new String(HtmlReport.bytes(report, before), StandardCharsets.UTF_8);
    }

    @Test
    void everyDefectHasARowAStoryAndBothCodes() {
        String page = page(SampleReport.passed(), null);
        for (Catalogue.Entry entry : Catalogue.entries()) {
            String id = entry.defect().id();
            assertThat(page).contains("<tr data-id='" + id + "'");
            String article = page.substring(page.indexOf("<article id='" + id + "'"));
            article = article.substring(0, article.indexOf("</article>"));
            assertThat(article).contains(Html.text(entry.defect().story().mechanism()));
            assertThat(article).as(id).doesNotContain("The sources were not kept");
        }
    }

    @Test
    void theCodeOfEveryStepIsFoundInTheSources() {
        Sources sources = new Sources();
        for (Catalogue.Entry entry : Catalogue.entries()) {
            Sources.Code right = sources.right(entry.defect());
            Sources.Code wrong = sources.wrong(entry.defect());
            String id = entry.defect().id();
            assertThat(right).as(id).isNotNull();
            assertThat(wrong).as(id).isNotNull();
            assertThat(right.place().text()).as(id).matches("(?s).*(->|::|new \\w+\\().*");
            assertThat(wrong.place().text()).as(id).contains("code() {").endsWith("}");
            assertThat(wrong.parts()).as(id).noneMatch(part -> part.text().contains("super("));
            assertThat(right.parts()).as(id).allMatch(part -> isWhole(part.text()));
            assertThat(wrong.parts()).as(id).allMatch(part -> isWhole(part.text()));
            assertThat(right.comment()).as(id).isNotEmpty().doesNotContain("&", "<p>", "{@");
        }
    }

    /** Whether braces are closed, and only such as were opened: a piece of one method, not of two. */
    private static boolean isWhole(String code) {
        int depth = 0;
        for (char c : code.toCharArray()) {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0;
    }

    @Test
    void aCallOfAnotherMethodIsNotTakenForItsHead() {
        SourceText file =
                new SourceText(
                        "A.java",
                        """
                        class A {
                            void one(int a) {
                                two(a, 0);
                            }

                            void two(int a, int b) {
                                one(b);
                            }
                        }
                        """);
        assertThat(file.method("two", 2).text()).startsWith("void two(int a, int b) {");
        assertThat(file.method("two", 2).line()).isEqualTo(6);
        assertThat(isWhole("a(); } b() {")).isFalse();
    }

    /** SARIF and annotations point there, too: whoever follows them must see that line. */
    @Test
    void anExcerptIsWhatStandsAtItsLine() throws IOException {
        Sources sources = new Sources();
        for (Catalogue.Entry entry : Catalogue.entries()) {
            for (Sources.Code code :
                    List.of(sources.right(entry.defect()), sources.wrong(entry.defect()))) {
                for (SourceText.Excerpt part : code.parts()) {
                    List<String> lines = Files.readAllLines(ROOT.resolve(part.file()));
                    String first = part.text().lines().findFirst().orElseThrow();
                    assertThat(lines.get(part.line() - 1))
                            .as("%s: %s", entry.defect().id(), part.file())
                            .contains(first.strip());
                }
            }
        }
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        String page = page(SampleReport.passed(), null);
        assertThat(page).doesNotContain("http://").doesNotContain("https://");
        Matcher links = Pattern.compile("(?:src|href)=['\"]([^'\"]*)").matcher(page);
        while (links.find()) {
            assertThat(links.group(1)).startsWith("#");
        }
    }

    @Test
    void whatAReportSaysIsTextAndNeverMarkup() {
        assertThat(page(SampleReport.failed("<script>alert('x')</script>"), null))
                .doesNotContain("<script>alert")
                .contains("&lt;script&gt;alert(&#39;x&#39;)");
    }

    @Test
    void aFailureIsOnTopAndInTheMatrix() {
        String page = page(SampleReport.failed("missed"), null);
        assertThat(page).contains("<p class='verdict'>Failed").contains("<section id='wrong'>");
        assertThat(page.substring(page.indexOf("<section id='wrong'>")))
                .contains("<th scope='row'><a href='#Q04a'>Q04a</a></th>");
        assertThat(page(SampleReport.passed(), null)).doesNotContain("<section id='wrong'>");
    }

    @Test
    void theDrawingHasAColumnForEachCpuBarsAndTheViolation() {
        String svg = SampleReport.drawing();
        assertThat(svg).contains(">CPU 0<").contains(">CPU 1<");
        assertThat(svg).contains("<title>irqs off</title>");
        assertThat(svg).contains("<title>holds slub_lock</title>");
        assertThat(svg).contains("is accounted 0 times");
    }

    @Test
    void theSmallestInterleavingIsThereToBeCopied() {
        String page = page(SampleReport.passed(), null);
        String text = Html.text(String.join("\n", SampleReport.SCHEDULE));
        String article = page.substring(page.indexOf("<article id='Q04a'"));
        assertThat(article.substring(0, article.indexOf("</article>")))
                .contains("needs 1 preemption")
                .contains(
                        "<pre class='case' tabindex='0' role='region' aria-label='Q04a schedule'>")
                .contains(text + "</pre>");
        String none = page.substring(page.indexOf("<article id='B01'"));
        assertThat(none.substring(0, none.indexOf("</article>"))).doesNotContain("B01 schedule");
    }

    @Test
    void changesAreThoseOfOutcomesAndOfRepeatableNumbers() {
        String page = page(SampleReport.failed("missed"), SampleReport.passed());
        assertThat(page).contains("FOUND → CLEAN-SAMPLED");
        assertThat(page(SampleReport.passed(), SampleReport.passed()))
                .contains("No verdict changed.");
    }

    /** How many rounds stress takes is chance; a model check that takes so much longer is news. */
    @Test
    void onlyWhatRepeatsCanHaveBecomeSlower() {
        assertThat(HtmlFigures.change(took(Technique.MODEL, 4), took(Technique.MODEL, 40)))
                .isEqualTo("4.00 s → 40 s");
        assertThat(HtmlFigures.change(took(Technique.STRESS, 4), took(Technique.STRESS, 40)))
                .isEmpty();
    }

    private static Entry took(Technique technique, double seconds) {
        Key key = new Key("Q03", technique, "subject", false);
        return Entry.of(17, key.verdict(Outcome.FOUND, "").took(seconds));
    }

    @Test
    void timesOfBothRunsStandBesideEachOther() {
        String page = page(SampleReport.passed(), SampleReport.passed());
        assertThat(page).contains("model, fixed code: before").contains("model, fixed code: now");
        assertThat(page(SampleReport.passed(), null)).doesNotContain("fixed code: before");
    }

    @Test
    void stressSaysHowManySamplesThereAreForEachFindAndWhatEachOutcomeMeans() {
        assertThat(page(SampleReport.passed(), null))
                .contains("one in 5 samples")
                .contains("3 samples, forbidden: lost")
                .contains("outcome 0, acceptable: as it should be");
    }

    /** A report of other sources, without a technique that the catalogue has by now. */
    @Test
    void whatAnOlderGateWasNotAskedForIsNoFailure() {
        Report now = SampleReport.passed();
        List<Entry> fewer =
                now.verdicts().stream()
                        .filter(e -> e.verdict().technique() != Technique.LOCKDEP)
                        .toList();
        Report old =
                new Report(
                        Report.SCHEMA,
                        "a".repeat(40),
                        now.profile(),
                        now.shard(),
                        now.jdks(),
                        true,
                        now.found(),
                        now.defects(),
                        fewer);
        String page =
                new String(HtmlReport.bytes(old, null, "b".repeat(40)), StandardCharsets.UTF_8);
        assertThat(page)
                .contains("These verdicts are of commit aaaaaaaaaaaa.")
                .contains("are of bbbbbbbbbbbb, which made this page")
                .contains(">not asked for<")
                .doesNotContain(">NOT-RUN<");
        assertThat(page(old, null)).contains(">NOT-RUN<").doesNotContain("These verdicts are of");
    }

    @Test
    void aReportThatIsReadIsTheOneThatWasWritten() throws IOException {
        Path file = folder.resolve("report.json");
        Files.write(file, Json.MAPPER.writeValueAsBytes(SampleReport.passed()));
        assertThat(MergeCommand.read(file)).isEqualTo(SampleReport.passed());
        Files.writeString(file, "{\"verdicts\": 3}");
        assertThatThrownBy(() -> MergeCommand.read(file)).hasMessageContaining("no report");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> MergeCommand.read(file)).hasMessageContaining("no report");
    }
}
