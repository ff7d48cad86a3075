package org.slubcheck.detection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.FisherExactTest;

/**
 * Whether defects are found less easily than they were.
 *
 * <p>Of one row: a run ends with its find, so that under the same chance the tries that it takes
 * are geometric. Given all tries of both sides, the finds fall on any of them alike, which makes it
 * Fisher's exact test, one-sided, of the finds before the last against the finds of the baseline;
 * it needs no chance to be known and allows for a baseline of few runs.
 *
 * <p>Of all rows: Bonferroni's correction over those of the baseline that are {@linkplain
 * Row#compared compared}. The chance of any false alarm in a table is at most {@link #ALPHA}, however
 * many rows there are; a row that is never compared makes none, and costs the others no power.
 */
public final class Drift {
    /** The chance of a false alarm in a whole table. */
    public static final double ALPHA = 0.01;

    private Drift() {}

    /**
     * A row that is found less easily.
     *
     * @param before the baseline
     * @param now what was seen
     * @param p how likely that, or worse, is by chance
     */
    public record Alarm(Row before, Row now, double p) {}

    /**
     * How likely so few finds in so many tries are when the chance is that of the baseline: 1 when
     * nothing was seen.
     */
    public static double p(Row before, Row now) {
        if (now.tries() == 0 || before.finds() == 0) {
            return 1;
        }
        // The last find ends the last run, by rule and not by chance, unless that run found
        // nothing.
        boolean ended = now.draws().get(now.draws().size() - 1).found();
        int finds = Math.toIntExact(now.finds() - (ended ? 1 : 0));
        int misses = Math.toIntExact(now.tries() - now.finds());
        int[][] table = {
            {finds, misses},
            {Math.toIntExact(before.finds()), Math.toIntExact(before.tries() - before.finds())}
        };
        if (finds + misses == 0 || misses == 0) {
            return 1;
        }
        return FisherExactTest.withDefaults()
                .with(AlternativeHypothesis.LESS_THAN)
                .test(table)
                .getPValue();
    }

    /**
     * The rows that are found less easily than in the baseline; one that it has not, or that is not
     * {@linkplain Row#compared compared}, is left out. Each is held against the bound for all rows of
     * the baseline, so that a shard of a gate says what the whole one does.
     */
    public static List<Alarm> alarms(Detection baseline, List<Row> seen) {
        double bound = bound(baseline);
        List<Alarm> alarms = new ArrayList<>();
        for (Row now : seen) {
            baseline.row(now.key())
                    .filter(Row::compared)
                    .map(before -> new Alarm(before, now, p(before, now)))
                    .filter(alarm -> alarm.p() <= bound)
                    .ifPresent(alarms::add);
        }
        alarms.sort(Comparator.comparingDouble(Alarm::p));
        return List.copyOf(alarms);
    }

    /** What the value of a row must not be above: the share of each row that is compared. */
    static double bound(Detection baseline) {
        return ALPHA / Math.max(1, baseline.rows().stream().filter(Row::compared).count());
    }

    /**
     * The fewest misses in front of the only find of a run that are an alarm when all other rows of
     * the baseline are as they were; -1 when there is none, as for a row that is not compared.
     */
    public static long alarmAfter(Detection baseline, Row before) {
        if (!before.compared()) {
            return -1;
        }
        double bound = bound(baseline);
        long low = 0;
        long high = 1;
        while (p(before, once(before, high)) > bound) {
            low = high;
            high *= 2;
            if (high > MOST) {
                return -1;
            }
        }
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (p(before, once(before, middle)) > bound) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static final long MOST = 1 << 20;

    private static Row once(Row before, long misses) {
        return new Row(
                before.id(),
                before.technique(),
                before.subject(),
                List.of(new Draw("", misses + 1, true)));
    }
}
