package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import org.w3c.dom.Element;

/** A report says what the verdicts say, and looks like nothing else but passed when it passed. */
class ReportTest {
    private static final Verdict FOUND = verdict("Q04a", false, Outcome.FOUND, "lost\u0001 & <b>");
    private static final Verdict CLEAN =
            verdict("Q04a", true, Outcome.CLEAN_SAMPLED, "no violation");
    private static final Verdict MISSED = verdict("Q05", false, Outcome.CLEAN_SAMPLED, "missed");
    private static final Verdict BROKEN = verdict("Q05", true, Outcome.FAULT, "it fell over");

    @TempDir Path folder;

    @Test
    void everyVerdictComesBackAsItWas() throws IOException {
        Path file = folder.resolve("deep").resolve("report.json");
        Reports.replace(file, json(report(FOUND, CLEAN)));
        JsonNode json = Json.MAPPER.readTree(file.toFile());
        assertThat(json.get("schema").asInt()).isEqualTo(1);
        assertThat(json.get("passed").asBoolean()).isTrue();
        JsonNode first = json.get("verdicts").get(0);
        assertThat(first.get("id").asText()).isEqualTo("Q04a");
        assertThat(first.get("outcome").asText()).isEqualTo("FOUND");
        assertThat(first.get("runs").asLong()).isEqualTo(FOUND.runs());
        assertThat(first.get("timeline").get(1).asText()).isEqualTo("two");
        Verdict back = Json.MAPPER.readerFor(Verdict.class).readValue(line(FOUND));
        assertThat(back).isEqualTo(FOUND);
    }

    @Test
    void aMarkComesBackAsItWas() throws IOException {
        Mark mark =
                new Mark(7, 1, 0, true, Mark.What.LOCK, "slub_lock", "x", true, true, List.of("a"));
        Mark empty = new Mark(0, 0, 0, false, Mark.What.BEGIN, "", "", false, false, List.of());
        Verdict drawn = FOUND.with(List.of(mark, empty)).counting(List.of(new Count("1", 2, "a")));
        Verdict back = Json.MAPPER.readerFor(Verdict.class).readValue(line(drawn));
        assertThat(back).isEqualTo(drawn);
        assertThat(line(FOUND.with(List.of(empty))))
                .contains("\"marks\"")
                .doesNotContain("irqsOff");
    }

    @Test
    void nothingButTheReportIsLeftInTheFolder() throws IOException {
        Path file = folder.resolve("report.json");
        Reports.replace(file, json(report(FOUND)));
        Reports.replace(file, json(report(FOUND, CLEAN)));
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(file);
        }
    }

    @Test
    void junitCountsFailuresAndErrorsApart() throws Exception {
        Path file = folder.resolve("TEST-x.xml");
        Reports.replace(file, JunitXml.bytes(report(FOUND, CLEAN, MISSED, BROKEN)));
        Element suite =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile())
                        .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(4);
    }

    @Test
    void theMatrixShowsNumbersAndMarksWhatFailed() {
        String good = matrix(FOUND, CLEAN);
        assertThat(good).contains("Q04a").contains("17 / 17");
        String bad = matrix(MISSED, BROKEN);
        assertThat(bad).contains("CLEAN-SAMPLED! / FAULT!").contains("FAIL Q05 defective by model");
        assertThat(matrix()).contains("NOT-RUN / NOT-RUN");
    }

    @Test
    void aCleanVerdictWithoutCanariesDoesNotCount() {
        Entry entry = Entry.of(17, CLEAN);
        assertThat(entry.expected()).isTrue();
        assertThat(entry.distrusted().expected()).isFalse();
        assertThat(entry.distrusted().verdict().outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void whatIsNeitherFoundNorCleanIsNeverExpected() {
        for (Outcome outcome : Outcome.values()) {
            boolean defective = Entry.of(17, verdict("Q05", false, outcome, "")).expected();
            boolean fixed = Entry.of(17, verdict("Q05", true, outcome, "")).expected();
            assertThat(defective).as(outcome.label()).isEqualTo(outcome == Outcome.FOUND);
            assertThat(fixed).as(outcome.label()).isEqualTo(outcome.clean());
        }
    }

    @Test
    void theFilesHaveTheRightsThatAnyFileHas() throws IOException {
        Path plain = Files.createFile(folder.resolve("plain"));
        Path file = folder.resolve("report.json");
        Reports.replace(file, json(report(FOUND)));
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void anOldReportIsGoneBeforeTheGateRuns() throws IOException {
        Path old = Files.writeString(folder.resolve("report.json"), "{\"passed\": true}");
        Path junit = Files.writeString(folder.resolve("TEST-slubcheck-gate.xml"), "<testsuite/>");
        try (Reports reports = Reports.open(folder, null)) {
            assertThat(old).doesNotExist();
            assertThat(junit).doesNotExist();
            assertThatThrownBy(() -> Reports.open(folder, null)).hasMessageContaining("in use");
            reports.write(report(MISSED), "");
        }
        assertThat(Json.MAPPER.readTree(old.toFile()).get("passed").asBoolean()).isFalse();
        assertThat(junit).exists();
    }

    @Test
    void aFullDiskLeavesNoHalfReport() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        try (Reports reports = Reports.open(folder, null)) {
            Files.createSymbolicLink(folder.resolve("report.json.part"), full);
            assertThatThrownBy(() -> reports.write(report(FOUND), ""))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.FAULT))
                    .hasMessageMatching("cannot write .*report.json: .+");
        }
        assertThat(folder.resolve("report.json")).doesNotExist();
        assertThat(Files.exists(folder.resolve("report.json.part"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void goingOnKeepsTheReportToCompareWithAndTheToolsLog() throws IOException {
        Path old = Files.writeString(folder.resolve("previous.json"), "{}");
        Path log = Files.writeString(folder.resolve("tools.log"), "said");
        Path half = Files.writeString(folder.resolve("report.json"), "{\"passed\": false}");
        try (Reports reports = Reports.take(folder, null)) {
            reports.clear(true);
        }
        assertThat(old).hasContent("{}");
        assertThat(log).hasContent("said");
        assertThat(half).doesNotExist();
    }

    @Test
    void aCopyThatCannotBeWrittenIsRefusedBeforeTheGateRuns() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Reports.open(folder, file.resolve("x.json")))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("x.json");
        assertThatThrownBy(() -> Reports.open(folder, folder))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("is a folder");
        Reports.open(folder, folder.resolve("deep/copy.json")).close();
    }

    private static byte[] json(Report report) throws IOException {
        return Json.MAPPER.writeValueAsBytes(report);
    }

    private static String matrix(Verdict... verdicts) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        new Matrix(entries(verdicts)).print(out, 17);
        out.flush();
        return text.toString();
    }

    private static Report report(Verdict... verdicts) {
        List<Entry> entries = entries(verdicts);
        boolean passed = entries.stream().allMatch(Entry::expected);
        return new Report(
                Report.SCHEMA, "c0ffee", "quick", "1/1", List.of(17), passed, 1, 24, entries);
    }

    private static List<Entry> entries(Verdict... verdicts) {
        return Stream.of(verdicts).map(v -> Entry.of(17, v)).toList();
    }

    private static String line(Verdict verdict) throws IOException {
        return Json.MAPPER.writeValueAsString(verdict);
    }

    private static Verdict verdict(String id, boolean fixed, Outcome outcome, String detail) {
        return new Verdict(
                id,
                fixed,
                Technique.MODEL,
                "scenario",
                outcome,
                17,
                2,
                3,
                0.5,
                "",
                detail,
                List.of("one", "two"));
    }
}
