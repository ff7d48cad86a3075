package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import picocli.CommandLine.Help.Ansi;

/** What a gate says in the end fits a screen, whatever failed. */
class SummaryTest {
    /** A terminal, as small as they come; the first row is empty, and makes room for the prompt. */
    private static final int ROWS = 24;

    private static final int COLUMNS = 80;

    private static String told(Report report, GateCommand.Told told) throws IOException {
        StringWriter text = new StringWriter();
        GateCommand.tell(new PrintWriter(text, true), report, told);
        return text.toString();
    }

    private static Report allFailed() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Key key = new Key("Q" + i, Technique.MODEL, "a scenario", i % 2 == 0);
            entries.add(Entry.of(17, key.verdict(Outcome.NOT_RUN, "x".repeat(500))));
        }
        return Report.of(Profile.QUICK, Shard.WHOLE, List.of(17), entries, true);
    }

    @Test
    void itFitsAScreen() throws IOException {
        Report passed = SampleReport.passed();
        List<Entry> both = new ArrayList<>(passed.verdicts());
        passed.verdicts().forEach(e -> both.add(Entry.of(25, e.verdict())));
        Report twice = Report.of(Profile.QUICK, Shard.WHOLE, List.of(17, 25), both, true);
        for (Report report : List.of(passed, SampleReport.failed("no"), allFailed(), twice)) {
            String text = told(report, GateCommand.Told.SUMMARY);
            assertThat(text.lines().mapToInt(SummaryTest::rows).sum())
                    .as(text)
                    .isLessThanOrEqualTo(ROWS);
        }
    }

    /** A line that is too long goes on in the next row. */
    private static int rows(String line) {
        return Math.max(1, (line.length() + COLUMNS - 1) / COLUMNS);
    }

    @Test
    void modelChecksSayWhatTheyLeftOut() throws IOException {
        assertThat(told(SampleReport.passed(), GateCommand.Told.SUMMARY))
                .containsPattern(
                        "every interleaving of 0; of \\d+ all with 2 preemptions, the rest not explored");
    }

    @Test
    void whatFailedIsNamedAlsoWhenQuiet() throws IOException {
        String text = told(SampleReport.failed("missed it"), GateCommand.Told.QUIET);
        assertThat(text)
                .contains("Q04a defective by model")
                .contains("missed it")
                .contains("1 failed");
        assertThat(told(SampleReport.passed(), GateCommand.Told.QUIET).strip().lines()).hasSize(2);
    }

    @Test
    void theMatrixIsThereForWhoAsks() throws IOException {
        assertThat(told(SampleReport.passed(), GateCommand.Told.MATRIX)).contains("17 / 17");
        assertThat(told(SampleReport.passed(), GateCommand.Told.SUMMARY)).doesNotContain("17 / 17");
    }

    @Test
    void thereAreColoursOnlyWhereTheyAreWanted() {
        assertThat(line(Ansi.OFF)).doesNotContain("\u001b");
        assertThat(line(Ansi.ON)).contains("\u001b[");
    }

    private static String line(Ansi ansi) {
        StringWriter text = new StringWriter();
        new Summary(SampleReport.passed().verdicts(), ansi)
                .techniques(new PrintWriter(text, true), 17);
        return text.toString();
    }
}
