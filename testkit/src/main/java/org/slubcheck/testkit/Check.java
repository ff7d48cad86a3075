package org.slubcheck.testkit;

import java.util.List;
import org.slubcheck.testkit.Judge.Conclusion;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * The techniques. Each sees what the others do not: {@link #model} every interleaving up to a bound,
 * without weak memory; {@link #stress} what this hardware does, without a bound; {@link #property}
 * any sequence of calls, in one thread.
 *
 * <p>A clean verdict counts only if the technique's canaries came out as they must in the same JVM:
 * known mistakes found, their repaired twins clean. They are run before the first clean verdict is
 * given; when they fail, it is TOOL-BLIND.
 */
public final class Check {
    private Check() {}

    /** Every interleaving up to a number of preemptions. */
    public static ModelCheck model() {
        return new ModelCheck(Canaries.MODEL);
    }

    /** Real threads, again and again. */
    public static StressCheck stress() {
        return new StressCheck(Canaries.STRESS);
    }

    /** Drawn sequences of calls in one thread. */
    public static PropertyCheck property() {
        return new PropertyCheck(Canaries.PROPERTY);
    }

    /**
     * The verdicts on a technique's canaries in this JVM, for a report; they are run if they were
     * not yet.
     *
     * @throws IllegalArgumentException for a technique that the testkit does not have
     */
    public static List<Verdict> canaries(Technique technique) {
        return Canaries.of(technique).verdicts();
    }

    static void atLeast(long least, long given, String what) {
        if (given < least) {
            throw new IllegalArgumentException(what + ": " + given + ", at least " + least);
        }
    }

    /** A verdict without its numbers of runs; its duration is from {@code begin}. */
    static Verdict verdict(
            String name,
            boolean defective,
            Technique technique,
            Conclusion c,
            Tally tally,
            long begin) {
        long reached =
                tally.reached().values().stream().mapToLong(Long::longValue).min().orElse(-1);
        return Verdict.of(name, !defective, technique, name, c.outcome(), c.detail())
                .stepReached(reached)
                .took((System.nanoTime() - begin) / 1e9);
    }
}
