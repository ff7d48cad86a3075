package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Row;
import org.slubcheck.stress.StressTest;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine;

/** Rounds of stress start once for all defects that lack them, and are kept one by one. */
class StressRoundsTest {
    private static final List<String> STRESSED = List.of("Q03", "Q04", "Q04a", "Q11");
    private static final Detection BASELINE = Baseline.measured();

    @TempDir Path folder;

    /** The tests of each round that was made. */
    private final List<List<String>> made = new ArrayList<>();

    /** What each round does besides: by default nothing. */
    private StressRounds.Round before = tests -> List.of();

    /** Q11 is missed in every third round, the others are always found. */
    private List<Verdict> round(List<StressTest> tests) throws InterruptedException {
        List<Verdict> wrong = before.of(tests);
        made.add(tests.stream().map(StressTest::name).toList());
        boolean missed = made.size() % 3 == 0;
        return tests.stream()
                .map(
                        test ->
                                wrong.stream()
                                        .filter(v -> v.id().equals(test.id()))
                                        .findFirst()
                                        .orElse(
                                                verdict(
                                                        test,
                                                        missed && test.id().equals("Q11")
                                                                ? Outcome.CLEAN_SAMPLED
                                                                : Outcome.FOUND)))
                .toList();
    }

    private static Verdict verdict(StressTest test, Outcome outcome) {
        return new Verdict(
                test.id(),
                test.fixed(),
                Technique.STRESS,
                test.name(),
                outcome,
                1_000,
                -1,
                1,
                0,
                "",
                "what it says",
                List.of());
    }

    private Cli detect(Path file, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.orderly(new CommandLine(new DetectCommand(this::round)));
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--technique", "stress", "--json", file.toString()));
        int exit = line.execute(arguments.toArray(new String[0]));
        return new Cli(exit, out.toString(), err.toString());
    }

    /** The measured table without rows of stress, in a file. */
    private Path withoutStress() throws IOException {
        Path file = folder.resolve("table.json");
        List<Row> rows = BASELINE.rows().stream().filter(Row::compared).toList();
        Files.write(file, Baseline.bytes(new Detection(Detection.SCHEMA, "c", 200, rows)));
        return file;
    }

    private static List<Row> stress(Path file) {
        return Baseline.read(file).rows().stream().filter(row -> !row.compared()).toList();
    }

    private static List<String> rounds(int from, int to) {
        List<String> names = new ArrayList<>();
        for (int i = from; i < to; i++) {
            names.add("round " + i);
        }
        return names;
    }

    @Test
    void aRoundIsMadeOnceForAllAndTheOtherRowsStay() throws IOException {
        Path file = withoutStress();
        List<Row> others = Baseline.read(file).rows();
        Cli cli = detect(file, "--runs", "12", "--markdown");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(made)
                .hasSize(12)
                .allSatisfy(
                        tests ->
                                assertThat(tests)
                                        .containsExactlyElementsOf(
                                                STRESSED.stream()
                                                        .map(id -> StressTest.ofDefect(id, false))
                                                        .map(StressTest::name)
                                                        .toList()));
        Detection table = Baseline.read(file);
        assertThat(table.rows()).filteredOn(Row::compared).isEqualTo(others);
        assertThat(table.rows()).isEqualTo(Baseline.inOrder(table.rows()));
        assertThat(stress(file))
                .hasSameSizeAs(STRESSED)
                .allSatisfy(
                        row ->
                                assertThat(row.draws())
                                        .extracting(Draw::seed)
                                        .isEqualTo(rounds(0, 12)))
                .extracting(Row::finds)
                .containsExactlyInAnyOrder(12L, 12L, 12L, 8L);
        assertThat(cli.out().lines()).isEqualTo(DetectionTable.of(table));

        byte[] kept = Files.readAllBytes(file);
        Cli again = detect(file, "--runs", "12", "--markdown");
        assertThat(again.out()).isEqualTo(cli.out());
        assertThat(made).as("no round is made again").hasSize(12);
        assertThat(Files.readAllBytes(file)).isEqualTo(kept);
    }

    @Test
    void onlyTheDefectsThatLackARoundAreInIt() throws IOException {
        Path file = withoutStress();
        assertThat(detect(file, "Q04a", "--runs", "2").exit()).isEqualTo(Exit.OK);
        assertThat(detect(file, "q03", "Q04a", "Q03", "--runs", "3").exit()).isEqualTo(Exit.OK);
        String q03 = StressTest.ofDefect("Q03", false).name();
        String q04a = StressTest.ofDefect("Q04a", false).name();
        assertThat(made)
                .containsExactly(
                        List.of(q04a),
                        List.of(q04a),
                        List.of(q03),
                        List.of(q03),
                        List.of(q03, q04a));
        assertThat(stress(file)).extracting(Row::id).containsExactly("Q03", "Q04a");
        assertThat(stress(file)).allSatisfy(row -> assertThat(row.draws()).hasSize(3));
    }

    @Test
    void whoIsEndedLosesTheRoundUnderWay() throws IOException {
        Path file = withoutStress();
        before =
                tests -> {
                    assertThat(stress(file))
                            .as("kept before the next round")
                            .hasSize(made.isEmpty() ? 0 : STRESSED.size())
                            .allSatisfy(row -> assertThat(row.draws()).hasSameSizeAs(made));
                    if (made.size() == 2) {
                        throw new CancellationException("the program is ending");
                    }
                    return List.of();
                };
        assertThat(detect(file, "--runs", "4").exit()).isEqualTo(Exit.FAULT);
        assertThat(stress(file)).allSatisfy(row -> assertThat(row.draws()).hasSize(2));
        before = tests -> List.of();
        assertThat(detect(file, "--runs", "4").exit()).isEqualTo(Exit.OK);
        assertThat(made).hasSize(4);
        assertThat(stress(file))
                .allSatisfy(
                        row ->
                                assertThat(row.draws())
                                        .extracting(Draw::seed)
                                        .isEqualTo(rounds(0, 4)));
    }

    @Test
    void aRoundInWhichATestCameToNothingCountsForNone() throws IOException {
        for (Outcome nothing : List.of(Outcome.NOT_RUN, Outcome.FAULT)) {
            Path file = withoutStress();
            made.clear();
            before =
                    tests ->
                            made.size() == 1
                                    ? List.of(verdict(StressTest.ofDefect("Q04", false), nothing))
                                    : List.of();
            Cli cli = detect(file, "--runs", "3");
            assertThat(cli.exit()).isEqualTo(Exit.FAULT);
            assertThat(cli.err().lines())
                    .last()
                    .isEqualTo("slubcheck: round 1 counts for nothing: Q04: what it says");
            assertThat(stress(file))
                    .hasSameSizeAs(STRESSED)
                    .allSatisfy(row -> assertThat(row.draws()).hasSize(1));
        }
    }
}
