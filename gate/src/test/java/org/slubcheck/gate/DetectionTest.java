package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.detection.Chance;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Drift;
import org.slubcheck.detection.Row;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** The baseline that is checked in, the page that shows it, and the gate that is held against it. */
class DetectionTest {
    private static final Detection BASELINE = Baseline.measured();

    @TempDir Path folder;

    @Test
    void thePageHasTheTable() throws IOException {
        Path here = Path.of("docs", "detection.md");
        Path page = Files.exists(here) ? here : Path.of("..").resolve(here);
        List<String> tables = new ArrayList<>(AlarmRecord.table(AlarmRecord.kept()));
        tables.addAll(DetectionTable.of(BASELINE));
        assertThat(Files.readAllLines(page).stream().filter(line -> line.startsWith("|")))
                .containsExactlyElementsOf(tables);
    }

    @Test
    void theRowsAreInTheOrderOfTheCatalogue() {
        List<Row> mixed = new ArrayList<>(BASELINE.rows());
        Collections.shuffle(mixed, new Random(Profile.SEED));
        assertThat(mixed).isNotEqualTo(BASELINE.rows());
        assertThat(Baseline.inOrder(mixed)).isEqualTo(BASELINE.rows());
    }

    @Test
    void aRowOfStressTellsRoundsAndShiftsNoAlarm() {
        String found = "| X1 | stress | 12 | 12 | 12 | 100 % (74 % to 100 %) | 4 | 1e-07 | - | - |";
        String never = "| X2 | stress | 12 | 0 | 12 | 0.0 % (0.0 % to 26 %) | - | 1e+00 | - | - |";
        Detection with = BASELINE.with(rounds("X1", true)).with(rounds("X2", false));
        List<String> lines = new ArrayList<>(DetectionTable.of(with));
        assertThat(lines).endsWith(found, never);
        lines.removeAll(List.of(found, never));
        assertThat(lines).isEqualTo(DetectionTable.of(BASELINE));
        // One more property shifts what is near the bound of its number of tries.
        Row property = new Row("X1", "property", "s", rounds("X1", true).draws());
        lines = new ArrayList<>(DetectionTable.of(BASELINE.with(property)));
        lines.remove(lines.size() - 1);
        assertThat(lines).isNotEqualTo(DetectionTable.of(BASELINE));
    }

    private static Row rounds(String id, boolean found) {
        List<Draw> draws = new ArrayList<>();
        for (int i = 0; i < Profile.QUICK.stress().rounds(); i++) {
            draws.add(new Draw("round " + i, 1, found));
        }
        return new Row(id, "stress", "s", draws);
    }

    @Test
    void everyRowWasFoundFromSeveralSeedsAndMostlySo() {
        assertThat(BASELINE.rows())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.draws()).hasSizeGreaterThanOrEqualTo(12))
                .allSatisfy(row -> assertThat(row.finds()).as(row.key()).isPositive());
    }

    @Test
    void noRunOfTheBaselineIsAnAlarmAgainstTheOthers() {
        for (int i = 0; i < BASELINE.rows().get(0).draws().size(); i++) {
            List<Row> before = new ArrayList<>();
            List<Row> now = new ArrayList<>();
            for (Row row : BASELINE.rows()) {
                List<Draw> others = new ArrayList<>(row.draws());
                if (i < others.size() && others.get(i).found()) {
                    now.add(with(row, List.of(others.remove(i))));
                    before.add(with(row, others));
                }
            }
            Detection rest = new Detection(Detection.SCHEMA, "", BASELINE.limit(), before);
            assertThat(Drift.alarms(rest, now)).as("run %d", i).isEmpty();
        }
    }

    /** What the profile says of its tries, if they are as those of a quick gate. */
    @Test
    void aStandardGateMissesNoRowOnceInAHundredTimes() {
        assertThat(BASELINE.rows())
                .filteredOn(Row::compared)
                .allSatisfy(
                        row ->
                                assertThat(Chance.needed(row.chance().low(), 0.99))
                                        .as(row.key())
                                        .isBetween(1L, (long) Profile.STANDARD.tries()));
    }

    @Test
    void theGateHoldsWhatItSawAgainstTheBaseline() {
        List<Entry> entries = new ArrayList<>();
        for (Row row : BASELINE.rows()) {
            row.draws().stream()
                    .filter(draw -> draw.found() && !row.technique().equals("stress"))
                    .findFirst()
                    .ifPresent(draw -> entries.add(entry(row, draw.tries())));
        }
        assertThat(Baseline.hold(BASELINE, entries)).isEqualTo(entries);
        Row easy =
                BASELINE.rows().stream()
                        .filter(row -> row.chance().low() > 0.5)
                        .filter(row -> !row.technique().equals("stress"))
                        .findFirst()
                        .orElseThrow();
        entries.replaceAll(
                e ->
                        e.verdict().subject().equals(easy.subject())
                                        && e.verdict().id().equals(easy.id())
                                ? entry(easy, BASELINE.limit())
                                : e);
        List<Entry> held = Baseline.hold(BASELINE, entries);
        assertThat(held)
                .filteredOn(e -> !e.expected())
                .singleElement()
                .satisfies(e -> assertThat(e.verdict().id()).isEqualTo(easy.id()))
                .satisfies(e -> assertThat(e.verdict().outcome()).isEqualTo(Outcome.FOUND))
                .satisfies(e -> assertThat(e.verdict().detail()).contains("p = "));
        assertThat(Judgement.exit(held)).isEqualTo(Exit.FAILED);
    }

    @Test
    void aMeasurementGoesOnWhereItWas() throws IOException {
        Path file = folder.resolve("table.json");
        Cli first = Cli.run("detect", "Q13", "--runs", "2", "--json", file.toString());
        assertThat(first.exit()).as(first.all()).isEqualTo(Exit.OK);
        Detection two = Baseline.read(file);
        assertThat(two.rows()).singleElement().satisfies(r -> assertThat(r.draws()).hasSize(2));
        // A run that is there is not run again: it says what nobody ever measured.
        Row row = two.rows().get(0);
        List<Draw> draws = new ArrayList<>(row.draws());
        draws.set(1, new Draw(draws.get(1).seed(), 2, true));
        Files.write(file, Baseline.bytes(two.with(with(row, draws))));
        Cli second = Cli.run("detect", "Q13", "--runs", "3", "--json", file.toString());
        assertThat(second.exit()).as(second.all()).isEqualTo(Exit.OK);
        assertThat(Baseline.read(file).rows().get(0).draws())
                .hasSize(3)
                .startsWith(draws.toArray(new Draw[0]));
        // The first is, before others are added: what another program drew is no part of this row.
        draws.set(0, new Draw(draws.get(0).seed(), BASELINE.limit(), false));
        byte[] other = Baseline.bytes(two.with(with(row, draws)));
        Files.write(file, other);
        Cli mixed = Cli.run("detect", "Q13", "--runs", "3", "--json", file.toString());
        assertThat(mixed.exit()).isEqualTo(Exit.USAGE);
        assertThat(mixed.err().lines())
                .last()
                .asString()
                .contains(row.key(), "drew otherwise from seed " + draws.get(0).seed());
        assertThat(file).hasBinaryContent(other);
        Files.writeString(file, "{\"schema\": 1, \"ro");
        Cli broken = Cli.run("detect", "Q13", "--json", file.toString());
        assertThat(broken.exit()).isEqualTo(Exit.USAGE);
        assertThat(broken.err().lines()).hasSize(1);
    }

    @Test
    void whatIsFoundLessEasilyThanInTheBaselineFails() throws IOException {
        Row row =
                BASELINE.rows().stream()
                        .filter(r -> r.technique().equals("property"))
                        .findFirst()
                        .orElseThrow();
        List<Draw> easy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            easy.add(new Draw("seed" + i, 1, true));
        }
        Row missed = with(row, List.of(new Draw("seed", BASELINE.limit(), false)));
        Path before = folder.resolve("before.json");
        Files.write(before, Baseline.bytes(BASELINE.with(with(row, easy))));
        Path now = folder.resolve("now.json");
        Files.write(
                now,
                Baseline.bytes(
                        new Detection(Detection.SCHEMA, "", BASELINE.limit(), List.of(missed))));
        Cli cli =
                Cli.run(
                        "detect",
                        row.id(),
                        "--technique",
                        "property",
                        "--runs",
                        "0",
                        "--json",
                        now.toString(),
                        "--baseline",
                        before.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.FAILED);
        assertThat(cli.out()).contains("FAIL " + row.key()).contains("p = ");
    }

    private static Row with(Row row, List<Draw> draws) {
        return new Row(row.id(), row.technique(), row.subject(), draws);
    }

    private static Entry entry(Row row, long tries) {
        return Entry.of(
                17,
                new Verdict(
                        row.id(),
                        false,
                        Technique.of(row.technique()),
                        row.subject(),
                        Outcome.FOUND,
                        tries,
                        -1,
                        1,
                        0,
                        "20100803",
                        "symptom",
                        List.of()));
    }
}
