package org.slubcheck.gate;

import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * What a verdict is about: two verdicts of one gate and JDK never have the same key.
 *
 * @param id the defect, {@code canary.…} or the suite
 * @param technique how it is looked for
 * @param subject the scenario, property, stress test or trace; ends with {@link #EVERY_ACCESS} when
 *     a model check switches at plain accesses too
 * @param fixed whether the fixed code is run
 */
record Key(String id, Technique technique, String subject, boolean fixed) {
    /** The end of the subject of a model check that switches at every access. */
    static final String EVERY_ACCESS = " (every access)";

    /** What this verdict is about. */
    static Key of(Verdict v) {
        return new Key(v.id(), v.technique(), v.subject(), v.fixed());
    }

    /** Whether the model check switches at plain accesses, too. */
    boolean everyAccess() {
        return subject.endsWith(EVERY_ACCESS);
    }

    /** The subject without that. */
    String scenario() {
        return everyAccess()
                ? subject.substring(0, subject.length() - EVERY_ACCESS.length())
                : subject;
    }

    /** Whether it says something of a tool. */
    boolean canary() {
        return id.startsWith(Verdict.CANARY);
    }

    /** A verdict without numbers. */
    Verdict verdict(Outcome outcome, String detail) {
        String line = detail.lines().findFirst().orElse("");
        return Verdict.of(id, fixed, technique, subject, outcome, line).stepReached(0);
    }

    @Override
    public String toString() {
        return id
                + (fixed ? " fixed" : " defective")
                + " by "
                + technique.label()
                + " on "
                + subject;
    }
}
