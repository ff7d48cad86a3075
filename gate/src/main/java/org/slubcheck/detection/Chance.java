package org.slubcheck.detection;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * The chance that a single try finds a defect.
 *
 * <p>Runs end with their find, so it is the number of tries that is random and not that of finds.
 * The interval of Clopper and Pearson holds there, too: its lower end is the same, its upper end a
 * little high.
 *
 * @param estimate finds in all tries
 * @param low the lower end of the 95 % interval
 * @param high its upper end
 */
public record Chance(double estimate, double low, double high) {
    private static final double ERROR = 0.05;

    /**
     * The chance behind so many finds in so many tries.
     *
     * @throws IllegalArgumentException when there are no tries, or fewer than finds
     */
    public static Chance of(long finds, long tries) {
        Interval interval =
                BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(
                        Math.toIntExact(tries), Math.toIntExact(finds), ERROR);
        return new Chance(
                (double) finds / tries, interval.getLowerBound(), interval.getUpperBound());
    }

    /** The chance that is not exceeded, with 95 %, where there were so many finds in so many tries. */
    public static double atMost(long finds, long tries) {
        return BinomialConfidenceInterval.CLOPPER_PEARSON
                .fromErrorRate(Math.toIntExact(tries), Math.toIntExact(finds), 2 * ERROR)
                .getUpperBound();
    }

    /** How likely a run of so many tries misses the defect when a try finds it with this chance. */
    public static double missed(double chance, long tries) {
        return chance >= 1 ? 0 : Math.exp(tries * Math.log1p(-chance));
    }

    /** The tries that find it with at least this confidence; -1 when none do. */
    public static long needed(double chance, double confidence) {
        if (chance <= 0) {
            return -1;
        }
        return chance >= 1
                ? 1
                : Math.max(1, (long) Math.ceil(Math.log1p(-confidence) / Math.log1p(-chance)));
    }
}
