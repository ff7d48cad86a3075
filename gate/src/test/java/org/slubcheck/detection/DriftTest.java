package org.slubcheck.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chances that fell are seen, those that did not are not: as often as it is promised. */
class DriftTest {
    private static final int SEED = 20100803;
    private static final int LIMIT = 200;
    private static final int RUNS = 12;
    private static final int ROWS = 60;

    @ParameterizedTest
    @CsvSource({"10, 100, 0.0490, 0.1762", "0, 20, 0, 0.1684", "20, 20, 0.8316, 1"})
    void theIntervalIsThatOfTheTables(long finds, long tries, double low, double high) {
        Chance chance = Chance.of(finds, tries);
        assertThat(chance.low()).isCloseTo(low, within(1e-4));
        assertThat(chance.high()).isCloseTo(high, within(1e-4));
    }

    @Test
    void theIntervalHoldsTheChanceOfRunsThatEndWithTheirFind() {
        SplittableRandom random = new SplittableRandom(SEED);
        int rounds = 4_000;
        int outside = 0;
        for (int i = 0; i < rounds; i++) {
            double chance = chance(random);
            Chance measured = row("r", random, chance, RUNS).chance();
            outside += chance < measured.low() || chance > measured.high() ? 1 : 0;
        }
        assertThat((double) outside / rounds).isLessThan(0.05);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0.5, 7", "0.01, 459", "0, -1"})
    void soManyTriesFindItWithNinetyNinePercent(double chance, long tries) {
        assertThat(Chance.needed(chance, 0.99)).isEqualTo(tries);
        if (tries > 0) {
            assertThat(Chance.missed(chance, tries)).isLessThanOrEqualTo(0.01 + 1e-9);
        }
    }

    @Test
    void theTestIsFisherOfTheFindsBeforeTheLast() {
        // 20 finds in 20 tries, then k misses: 1 of the 20 + k over k ways has them all at the end.
        Row before = of(20, true, 1);
        assertThat(Drift.p(before, once(1))).isEqualTo(1);
        assertThat(Drift.p(before, once(2))).isCloseTo(1.0 / 21, within(1e-12));
        assertThat(Drift.p(before, once(3))).isCloseTo(1.0 / 231, within(1e-12));
        assertThat(Drift.alarmAfter(table(List.of(before)), before)).isEqualTo(2);
        assertThat(Drift.p(before, row("r", List.of()))).isEqualTo(1);
    }

    @Test
    void onlyARowThatIsComparedChangesTheBoundOfTheOthers() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Row> rows = table("r0", random, 0.05, RUNS);
        Detection before = table(rows);
        // Half of its rounds found it: never an alarm, however often it is missed afterwards.
        List<Draw> rounds = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            rounds.add(new Draw("round " + i, 1, i % 2 == 0));
        }
        Row stress = new Row("x", "stress", "s", rounds);
        Detection with = before.with(stress);
        assertThat(Drift.bound(with)).isEqualTo(Drift.bound(before));
        assertThat(Drift.alarmAfter(with, stress)).isEqualTo(-1);
        Row missed = new Row("x", "stress", "s", List.of(new Draw("round 0", LIMIT, false)));
        assertThat(Drift.p(stress, missed)).isLessThan(Drift.bound(with));
        assertThat(Drift.alarms(with, List.of(missed))).isEmpty();
        // The same as a property is one row more, and an alarm.
        Row property = new Row("x", "property", "s", rounds);
        assertThat(Drift.bound(before.with(property))).isLessThan(Drift.bound(before));
        assertThat(Drift.alarms(before.with(property), List.of(row("x", missed.draws()))))
                .hasSize(1);
    }

    @Test
    void aTableThatIsMeasuredAgainIsRarelyAnAlarm() {
        SplittableRandom random = new SplittableRandom(SEED);
        int rounds = 1_000;
        int alarms = 0;
        for (int i = 0; i < rounds; i++) {
            List<Row> before = new ArrayList<>();
            List<Row> now = new ArrayList<>();
            for (int r = 0; r < ROWS; r++) {
                double chance = chance(random);
                before.add(row("r" + r, random, chance, RUNS));
                now.add(row("r" + r, random, chance, 1));
            }
            alarms += Drift.alarms(table(before), now).isEmpty() ? 0 : 1;
        }
        // At most the promised rate, as far as so many rounds can tell.
        int most = BinomialDistribution.of(rounds, Drift.ALPHA).inverseCumulativeProbability(0.999);
        assertThat(alarms).isLessThanOrEqualTo(most);
    }

    @Test
    void aTableIsNoAlarmAgainstItself() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Row> rows = new ArrayList<>();
        for (int r = 0; r < ROWS; r++) {
            rows.add(row("r" + r, random, chance(random), RUNS));
        }
        assertThat(Drift.alarms(table(rows), rows)).isEmpty();
    }

    @Test
    void aGeneratorThatNeverGetsThereIsSeenInOneRun() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (double chance : new double[] {0.1, 0.3, 1}) {
            List<Row> before = table("weak", random, chance, RUNS);
            List<Row> now = new ArrayList<>(again(before, random, 1));
            now.set(0, new Row("weak", "property", "s", List.of(new Draw("x", LIMIT, false))));
            assertThat(Drift.alarms(table(before), now))
                    .extracting(alarm -> alarm.now().id())
                    .containsExactly("weak");
        }
    }

    @Test
    void halfAChanceIsSeenInSixtyRunsAndNotInOne() {
        SplittableRandom random = new SplittableRandom(SEED);
        int rounds = 60;
        int many = 0;
        int one = 0;
        for (int i = 0; i < rounds; i++) {
            List<Row> before = table("weak", random, 0.5, 60);
            List<Row> now = new ArrayList<>(again(before, random, 60));
            now.set(0, row("weak", random, 0.25, 60));
            many += weak(Drift.alarms(table(before), now));
            now.set(0, row("weak", random, 0.25, 1));
            one += weak(Drift.alarms(table(before), now));
        }
        assertThat((double) many / rounds).isGreaterThan(0.5);
        assertThat((double) one / rounds).isLessThan(0.1);
    }

    private static int weak(List<Drift.Alarm> alarms) {
        return alarms.stream().anyMatch(alarm -> alarm.now().id().equals("weak")) ? 1 : 0;
    }

    /** A table of one row of this chance and others that are like real ones. */
    private static List<Row> table(String id, SplittableRandom random, double chance, int runs) {
        List<Row> rows = new ArrayList<>();
        rows.add(row(id, random, chance, runs));
        for (int r = 1; r < ROWS; r++) {
            rows.add(row("r" + r, random, 0.3, runs));
        }
        return rows;
    }

    private static List<Row> again(List<Row> rows, SplittableRandom random, int runs) {
        return rows.stream().map(row -> row(row.id(), random, 0.3, runs)).toList();
    }

    private static double chance(SplittableRandom random) {
        return Math.pow(10, -2 * random.nextDouble());
    }

    private static Row row(String id, SplittableRandom random, double chance, int runs) {
        List<Draw> draws = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            long tries = 1;
            while (tries < LIMIT && random.nextDouble() >= chance) {
                tries++;
            }
            draws.add(new Draw("seed" + i, tries, tries < LIMIT));
        }
        return row(id, draws);
    }

    private static Row row(String id, List<Draw> draws) {
        return new Row(id, "property", "s", draws);
    }

    private static Row of(int runs, boolean found, long tries) {
        List<Draw> draws = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            draws.add(new Draw("seed" + i, tries, found));
        }
        return row("r", draws);
    }

    private static Row once(long tries) {
        return of(1, true, tries);
    }

    private static Detection table(List<Row> rows) {
        return new Detection(Detection.SCHEMA, "", LIMIT, rows);
    }
}
