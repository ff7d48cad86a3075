package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Verdicts as assertions, text and JSON. */
class ReportsTest {
    private static final Path FORMAT = Path.of("..", "docs", "json.md");

    @TempDir Path folder;

    private static Verdict verdict(boolean fixed, Outcome outcome) {
        return new Verdict(
                        "queue",
                        fixed,
                        Technique.MODEL,
                        "queue",
                        outcome,
                        7,
                        2,
                        -1,
                        0.5,
                        outcome == Outcome.FOUND ? "0>1" : "",
                        "lost",
                        List.of("  step  one", "=> lost"))
                .with(List.of(Mark.wrong("lost")));
    }

    @Test
    void assertionsAcceptWhatWasAskedForAndNothingElse() {
        for (Outcome outcome : Outcome.values()) {
            Verdict v = verdict(true, outcome);
            if (outcome.clean()) {
                assertThat(Verdicts.assertClean(v)).isSameAs(v);
            } else {
                assertThatThrownBy(() -> Verdicts.assertClean(v))
                        .isInstanceOf(AssertionError.class);
            }
            if (outcome == Outcome.FOUND) {
                assertThat(Verdicts.assertFound(v, "los.")).isSameAs(v);
                assertThatThrownBy(() -> Verdicts.assertFound(v, "stale"))
                        .hasMessageContaining("must be found: stale");
            } else {
                assertThatThrownBy(() -> Verdicts.assertFound(v, "lost"))
                        .hasMessageContaining(outcome.label());
            }
        }
    }

    @Test
    void aFailureShowsTheInterleavingAndHowToSeeItAgain() {
        assertThatThrownBy(() -> Verdicts.assertClean(verdict(true, Outcome.FOUND)))
                .hasMessage(
                        """
                        must be clean
                        model queue: FOUND, lost (7 interleavings)

                          step  one
                        => lost
                        again: Check.model().replay("0>1")\
                        """);
    }

    @Test
    void textHasALineForEachAndTellsWhatFailed() {
        List<Verdict> all =
                List.of(
                        verdict(true, Outcome.CLEAN_SAMPLED),
                        verdict(false, Outcome.FOUND),
                        verdict(true, Outcome.NOT_RUN));
        assertThat(Reports.text(all))
                .isEqualTo(
                        """
                        ok    model queue: CLEAN-SAMPLED, lost
                        ok    model queue: FOUND, lost (7 interleavings)
                        FAIL  model queue: NOT-RUN, lost (7 interleavings)

                        model queue: NOT-RUN, lost (7 interleavings)

                          step  one
                        => lost
                        """);
        assertThat(Reports.passed(all)).isFalse();
        assertThat(Reports.passed(all.subList(0, 2))).isTrue();
        assertThat(Reports.passed(List.of())).isFalse();
    }

    @Test
    void jsonHasTheFieldsOfTheGatesReport() throws IOException {
        Path file = folder.resolve("report.json");
        Reports.json(file, List.of(verdict(false, Outcome.FOUND), verdict(true, Outcome.FAULT)));
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        String format = Files.readString(FORMAT);
        int mark = format.indexOf("A mark, in the order");
        int entry = format.indexOf("A verdict:");
        assertThat(fields(report))
                .containsExactlyInAnyOrderElementsOf(documented(format.substring(0, entry)));
        // Of a gate that was ended and gone on with; left out otherwise.
        List<String> ofVerdict = documented(format.substring(entry, mark));
        assertThat(ofVerdict.remove("earlier")).isTrue();
        assertThat(fields(report.get("verdicts").get(0)))
                .containsExactlyInAnyOrderElementsOf(ofVerdict);
        assertThat(report.get("passed").asBoolean()).isFalse();
        assertThat(report.get("found").asInt()).isEqualTo(1);
        assertThat(report.get("verdicts").get(0).get("expected").asBoolean()).isTrue();
        assertThat(report.get("verdicts").get(1).get("toolFault").asBoolean()).isTrue();
        assertThat(report.get("verdicts").get(0).get("marks").get(0).has("step")).isFalse();
    }

    @Test
    void aFileThatCannotBeWrittenLeavesNothing() throws IOException {
        Path file = Files.createDirectory(folder.resolve("taken"));
        Files.createFile(file.resolve("inside"));
        assertThatThrownBy(() -> Reports.text(file, List.of(verdict(true, Outcome.FAULT))))
                .isInstanceOf(IOException.class);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
        Path good = folder.resolve("report.txt");
        Reports.text(good, List.of(verdict(true, Outcome.FAULT)));
        assertThat(good).content().startsWith("FAIL  model queue: FAULT");
    }

    /** The names in the first column of a table; several may stand in one cell. */
    private static List<String> documented(String text) {
        List<String> names = new ArrayList<>();
        for (String line : text.lines().filter(l -> l.startsWith("| `")).toList()) {
            Matcher name =
                    Pattern.compile("`(\\w+)(\\[])?`")
                            .matcher(line.substring(0, line.indexOf(" | ", 2)));
            while (name.find()) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
