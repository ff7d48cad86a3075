package org.slubcheck.stress;

/**
 * What JCStress counted for one test.
 *
 * @param samples all of them
 * @param symptoms samples with an outcome that the test forbids
 * @param others samples with an outcome that the test does not know, or calls a fault
 * @param seen the forbidden outcome, in words; empty when there was none
 * @param error why the run is no good; empty when it is
 */
public record Tally(long samples, long symptoms, long others, String seen, String error) {
    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, "", "");

    /** A run that is no good. */
    public static Tally failed(String why) {
        return new Tally(0, 0, 0, "", why);
    }

    /** Both. */
    public Tally plus(Tally more) {
        return new Tally(
                samples + more.samples,
                symptoms + more.symptoms,
                others + more.others,
                seen.isEmpty() ? more.seen : seen,
                error.isEmpty() ? more.error : error);
    }
}
