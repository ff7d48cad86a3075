package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Technique;

/** What other programs read is what their formats allow, and says what the report says. */
class FormatsTest {
    @TempDir Path folder;

    private static final Catalogue.Entry Q04A = Catalogue.byId("Q04a").orElseThrow();

    private static Entry found() {
        return SampleReport.passed().of("Q04a").stream()
                .filter(e -> e.verdict().technique() == Technique.MODEL && !e.verdict().fixed())
                .findFirst()
                .orElseThrow();
    }

    private static JsonSchema schema() throws IOException {
        try (InputStream in = FormatsTest.class.getResourceAsStream("sarif-schema-2.1.0.json")) {
            return JsonSchemaFactory.getInstance(VersionFlag.V4).getSchema(in);
        }
    }

    @Test
    void sarifIsValid() throws IOException {
        JsonSchema schema = schema();
        assertThat(schema.validate(Sarif.of(SampleReport.passed()))).isEmpty();
        assertThat(schema.validate(Sarif.of(SampleReport.failed("missed")))).isEmpty();
        assertThat(schema.validate(Sarif.of(Q04A, found()))).isEmpty();
        JsonNode broken = Sarif.of(Q04A, found());
        ((com.fasterxml.jackson.databind.node.ObjectNode) broken.at("/runs/0/results/0"))
                .put("level", "grave");
        assertThat(schema.validate(broken)).isNotEmpty();
    }

    @Test
    void sarifHasNoResultWhenAllIsWellAndPointsAtTheStepWhenNot() throws IOException {
        assertThat(Sarif.of(SampleReport.passed()).at("/runs/0/results")).isEmpty();
        JsonNode results = Sarif.of(SampleReport.failed("missed")).at("/runs/0/results");
        assertThat(results).hasSize(1);
        JsonNode place = results.get(0).at("/locations/0/physicalLocation");
        String file = place.at("/artifactLocation/uri").asText();
        assertThat(file).endsWith("defects/Q04aResizeNoIpi.java");
        List<String> lines = Files.readAllLines(Path.of("..").resolve(file));
        int line = place.at("/region/startLine").asInt();
        assertThat(String.join("\n", lines.subList(line - 1, line + 1))).contains("code()");
    }

    @Test
    void sarifTellsTheInterleavingAsAThreadFlowForEachCpu() {
        JsonNode flows = Sarif.of(Q04A, found()).at("/runs/0/results/0/codeFlows/0/threadFlows");
        assertThat(flows).hasSize(2);
        List<Integer> order = new ArrayList<>();
        flows.forEach(
                flow ->
                        flow.get("locations")
                                .forEach(at -> order.add(at.get("executionOrder").asInt())));
        assertThat(order).doesNotHaveDuplicates().hasSize(SampleReport.marks().size() - 1);
    }

    @Test
    void aToolFaultIsANotificationAndNoResult() {
        Entry fault =
                Entry.of(
                        17,
                        new Key("Q04a", Technique.MODEL, "x", true)
                                .verdict(org.slubcheck.verdict.Outcome.FAULT, "fell over"));
        JsonNode run =
                Sarif.of(Report.of(Profile.QUICK, Shard.WHOLE, List.of(17), List.of(fault), true))
                        .at("/runs/0");
        assertThat(run.get("results")).isEmpty();
        assertThat(run.at("/invocations/0/executionSuccessful").asBoolean()).isFalse();
    }

    @Test
    void mermaidHasAStatementALine() {
        List<String> lines = Mermaid.lines(SampleReport.marks());
        assertThat(lines.get(0)).isEqualTo("sequenceDiagram");
        assertThat(lines.subList(1, lines.size()))
                .allMatch(
                        line ->
                                line.matches(
                                        " {4}(participant C\\d as CPU \\d"
                                                + "|Note over C\\d(,C\\d)?: [^;%]*(#\\d+;[^;%]*)*"
                                                + "|C\\d->>C\\d: [^;%]*(#\\d+;[^;%]*)*)"));
        assertThat(lines).anyMatch(line -> line.contains("down_write(slub_lock)"));
        assertThat(lines.get(lines.size() - 1)).contains("is accounted 0 times");
    }

    @Test
    void mermaidEscapesWhatEndsAStatement() {
        assertThat(Mermaid.lines(List.of(Mark.wrong("a; b #1 <c>"))).get(1))
                .endsWith("a#59; b #35;1 #60;c#62;");
    }

    @Test
    void traceEventsNestAndHaveNamedTracks() {
        JsonNode events = TraceEvents.of(found().verdict()).get("traceEvents");
        List<JsonNode> spans = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (JsonNode event : events) {
            assertThat(event.has("pid")).isTrue();
            if (event.get("ph").asText().equals("X")) {
                assertThat(event.get("dur").asInt()).isPositive();
                assertThat(event.get("ts").asInt()).isNotNegative();
                spans.add(event);
            } else {
                assertThat(event.get("ph").asText()).isEqualTo("M");
                names.add(event.at("/args/name").asText());
            }
        }
        assertThat(names).contains("CPU 0", "CPU 1", "events", "irqs off", "holds slub_lock");
        for (JsonNode a : spans) {
            for (JsonNode b : spans) {
                boolean same = a.get("tid").equals(b.get("tid"));
                assertThat(same && crosses(a, b)).isFalse();
            }
        }
    }

    private static boolean crosses(JsonNode a, JsonNode b) {
        int from = a.get("ts").asInt();
        int to = from + a.get("dur").asInt();
        int other = b.get("ts").asInt();
        int end = other + b.get("dur").asInt();
        return from < other && other < to && to < end;
    }

    @Test
    void markdownHasARowForEachDefectAndNoMarkupOfADetail() {
        String md = Markdown.of(SampleReport.failed("missed | <b>"));
        assertThat(md).startsWith("## slubcheck: failed").contains("missed \\| &lt;b&gt;");
        assertThat(
                        md.lines()
                                .filter(line -> line.startsWith("| "))
                                .filter(line -> line.split("(?<!\\\\)\\|", -1).length == 10)
                                .count())
                .isEqualTo(Catalogue.entries().size() + 1);
        assertThat(Markdown.of(SampleReport.passed())).startsWith("## slubcheck: passed");
    }

    @Test
    void gitHubIsToldOfFailuresWithTheirPlaceAndOnlyThere() throws IOException {
        assertThat(told(SampleReport.failed("missed\nit"), Map.of())).isEmpty();
        assertThat(told(SampleReport.passed(), Map.of("GITHUB_ACTIONS", "true"))).isEmpty();
        assertThat(told(SampleReport.failed("missed\nit"), Map.of("GITHUB_ACTIONS", "true")))
                .matches(
                        "::error file=allocator/src/main/java/org/slubcheck/defects/Q04aResizeNoIpi\\.java,"
                                + "line=\\d+,title=[^\\n]*::CLEAN-SAMPLED: missed%0Ait\\R");
    }

    @Test
    void theSummaryIsAppendedToWhatIsThere() throws IOException {
        Path summary = Files.writeString(folder.resolve("summary"), "before\n");
        told(SampleReport.passed(), Map.of("GITHUB_STEP_SUMMARY", summary.toString()));
        assertThat(Files.readString(summary)).startsWith("before\n## slubcheck: passed");
    }

    private static String told(Report report, Map<String, String> environment) throws IOException {
        StringWriter text = new StringWriter();
        Annotations.tell(report, environment, new PrintWriter(text, true));
        return text.toString();
    }
}
