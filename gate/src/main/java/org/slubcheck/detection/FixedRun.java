package org.slubcheck.detection;

import java.util.List;

/**
 * A run of all checks of the fixed code.
 *
 * @param schema the version of this format
 * @param run its number among those of its kind, from 1
 * @param seed what was drawn from in it; each run of a kind has another
 * @param profile how much was run
 * @param scope {@link #ALL}, or {@link #DRAWN} when what draws nothing was left out
 * @param commit the sources
 * @param code a digest of what was run: the classes that are checked and that check, the list of
 *     checks, and how much of each; the same in two commits that differ in reports only
 * @param jdk on which JDK
 * @param verdicts how many verdicts on the fixed code there were, canaries left out
 * @param drawn how many of them drew something by chance
 * @param alarms what accuses the fixed code, a line each: finds, and checks that ran and ended as a fault
 * @param unclear what came to nothing, a line each
 * @param seconds how long its checks took, added up; several run at the same time
 */
public record FixedRun(
        int schema,
        int run,
        String seed,
        String profile,
        String scope,
        String commit,
        String code,
        int jdk,
        int verdicts,
        int drawn,
        List<String> alarms,
        List<String> unclear,
        double seconds) {
    /** The version of the format. */
    public static final int SCHEMA = 2;

    /** Everything that the profile says of the fixed code. */
    public static final String ALL = "all";

    /** Only what draws by chance. */
    public static final String DRAWN = "drawn";

    /** Copies the lists. */
    public FixedRun {
        alarms = alarms == null ? List.of() : List.copyOf(alarms);
        unclear = unclear == null ? List.of() : List.copyOf(unclear);
    }

    /**
     * True when every check said something, or one accuses the code: what is drawn on hardware would not
     * show it again, so no run with an alarm is run again for what else came to nothing in it.
     */
    public boolean counts() {
        return unclear.isEmpty() || alarming();
    }

    /** True when something accuses the fixed code. */
    public boolean alarming() {
        return !alarms.isEmpty();
    }

    /** True for the run of the same number of the same kind: it drew from the same seed. */
    public boolean sameRun(FixedRun other) {
        return alike(other) && run == other.run;
    }

    /** True for a run of the same checks on the same code. */
    public boolean alike(FixedRun other) {
        return profile.equals(other.profile)
                && scope.equals(other.scope)
                && code.equals(other.code)
                && jdk == other.jdk;
    }
}
