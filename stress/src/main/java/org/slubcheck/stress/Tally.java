package org.slubcheck.stress;

import java.util.Map;
import java.util.TreeMap;

/**
 * What JCStress counted for one test.
 *
 * @param samples all of them
 * @param symptoms samples with an outcome that the test forbids
 * @param others samples with an outcome that the test does not know, or calls a fault
 * @param seen the forbidden outcome, in words; empty when there was none
 * @param error why the run is no good; empty when it is
 * @param table samples of each outcome, by the outcome in words
 */
public record Tally(
        long samples,
        long symptoms,
        long others,
        String seen,
        String error,
        Map<String, Long> table) {
    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, "", "");

    /** Copies the table, in order. */
    public Tally {
        table = new TreeMap<>(table);
    }

    /** Without a table. */
    public Tally(long samples, long symptoms, long others, String seen, String error) {
        this(samples, symptoms, others, seen, error, Map.of());
    }

    /** A run that is no good. */
    public static Tally failed(String why) {
        return new Tally(0, 0, 0, "", why);
    }

    /** Nothing but samples that are as they should be. */
    boolean clean() {
        return symptoms == 0 && others == 0 && error.isEmpty();
    }

    /** Both. */
    public Tally plus(Tally more) {
        Map<String, Long> both = new TreeMap<>(table);
        more.table.forEach((outcome, count) -> both.merge(outcome, count, Long::sum));
        return new Tally(
                samples + more.samples,
                symptoms + more.symptoms,
                others + more.others,
                seen.isEmpty() ? more.seen : seen,
                error.isEmpty() ? more.error : error,
                both);
    }
}
