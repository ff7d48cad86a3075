package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules on the command line. */
class ScheduleCommandTest {
    private static final Path KEPT = Path.of("..", "schedules");
    private static final Path Q04A = KEPT.resolve("Q04a.schedule");

    @TempDir Path folder;

    @Test
    void aScheduleFailsAsRecordedAndTheFixSurvivesIt() {
        Cli cli = Cli.run("replay-schedule", Q04A.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("CPU 0").endsWith("replay: fails as recorded\n");
        assertThat(Cli.run("replay-schedule", Q04A.toString()).out()).isEqualTo(cli.out());

        Cli fixed = Cli.run("replay-schedule", Q04A.toString(), "--fixed");
        assertThat(fixed.exit()).as(fixed.all()).isEqualTo(Exit.OK);
        assertThat(fixed.out()).endsWith("replay: the fixed code is clean\n");
    }

    @Test
    void whatTheFixedCodeDoesNotHaveIsSaid() {
        String file = KEPT.resolve("F07.schedule").toString();
        Cli cli = Cli.run("replay-schedule", file, "--fixed");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out())
                .containsPattern("skipped: line \\d+: run 1 until smp_store_release of");
    }

    @Test
    void aReplayAsJsonIsAVerdict() throws IOException {
        Cli cli = Cli.run("replay-schedule", Q04A.toString(), "--json");
        JsonNode json = Json.MAPPER.readTree(cli.out());
        assertThat(json.path("schema").asInt()).isEqualTo(Report.SCHEMA);
        assertThat(json.path("id").asText()).isEqualTo("Q04a");
        assertThat(json.path("outcome").asText()).isEqualTo("FOUND");
        assertThat(json.path("preemptions").asInt()).isEqualTo(1);
        assertThat(json.path("offCourse").asInt(-1)).isZero();
        assertThat(json.path("skipped").isArray()).isTrue();
        assertThat(json.path("marks")).isNotEmpty();
    }

    /** The model checker, the shrinker and the file: all of it says the same every time. */
    @Test
    void whatReproduceWritesIsWhatIsKept() throws IOException {
        Path file = folder.resolve("F04.schedule");
        Cli cli = Cli.run("reproduce", "F04", "--schedule", file.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("needs 1 preemption");
        assertThat(file).hasSameTextualContentAs(KEPT.resolve("F04.schedule"));
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void anInterleavingThatDoesNotFailIsNoSuccess() throws IOException {
        List<String> lines = Files.readAllLines(Q04A);
        lines.removeIf(line -> line.startsWith("run 1 until ") && line.contains("#"));
        lines.replaceAll(line -> line.equals("preemptions 1") ? "preemptions 0" : line);
        Cli cli = Cli.run("replay-schedule", written(lines).toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.FAILED);
        assertThat(cli.out()).endsWith("replay: does not fail\n");
    }

    @Test
    void aPointThatIsGoneHasItsOwnExitCode() throws IOException {
        List<String> lines = Files.readAllLines(Q04A);
        lines.replaceAll(line -> line.replace("#1", "#99"));
        Cli cli = Cli.run("replay-schedule", written(lines).toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OFF_COURSE);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err())
                .hasLineCount(1)
                .contains("line 11: task 1 is done and never comes to");
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        List<String> lines = Files.readAllLines(Q04A);
        for (int kept = 0; kept < lines.size(); kept++) {
            isRefused(written(lines.subList(0, kept)), "line ");
        }
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path file = folder.resolve("noise");
        Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0xc3});
        isRefused(file, "not a text file");
        Files.write(file, new byte[1 << 20]);
        isRefused(file, "too large");
        isRefused(folder, "there is no schedule");
        isRefused(folder.resolve("none"), "there is no schedule");
    }

    @ParameterizedTest
    @CsvSource({
        "reproduce B01 --schedule x, --schedule is for model",
        "reproduce Q04a --technique stress --schedule x, --schedule is for model",
        "reproduce Q04a --fixed --schedule x, --fixed has none"
    })
    void onlyAFailureOfTheModelCheckerHasASchedule(String command, String says) {
        Cli cli = Cli.run(command.split(" "));
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertThat(cli.err()).contains(says);
    }

    private static void isRefused(Path file, String says) {
        Cli cli = Cli.run("replay-schedule", file.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).hasLineCount(1).contains(file.toString()).contains(says);
    }

    private Path written(List<String> lines) throws IOException {
        Path file = folder.resolve("a.schedule");
        Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
        return file;
    }
}
