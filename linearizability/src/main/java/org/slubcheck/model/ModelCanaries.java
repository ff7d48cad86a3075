package org.slubcheck.model;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedDeadlockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedLivelockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ValidationFailure;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Proves, in the JVM that is about to judge, that the model checker sees what it must and accuses
 * nobody falsely. Its clean verdicts count only after that.
 *
 * <p>Store buffering is the canary that it cannot see: it explores sequentially consistent
 * interleavings. That is stated as TOOL-BLIND, every time, and checked to be still true; what it
 * leaves open is closed by the race detector, whose canary is a publication without its release.
 */
public final class ModelCanaries {
    /** More than any of them has interleavings: 10 s in all, most of it the spin-deadlock's twin. */
    private static final int INVOCATIONS = 20_000;

    private ModelCanaries() {}

    /**
     * A canary.
     *
     * @param name what is wrong in it, or repaired
     * @param fixed whether it is the repaired twin
     * @param test the class that the tool runs
     * @param symptom what the broken one must show; empty when the tool cannot see it
     */
    public record Twin(String name, boolean fixed, Class<?> test, String symptom) {
        private static Twin broken(String name, Class<?> test, String symptom) {
            return new Twin(name, false, test, symptom);
        }

        private static Twin fixed(String name, Class<?> test) {
            return new Twin(name, true, test, "");
        }

        /** The id of its verdict. */
        public String id() {
            return Verdict.CANARY + name;
        }

        /** True when the tool cannot see it and says so. */
        public boolean blind() {
            return !fixed && symptom.isEmpty();
        }

        /** Runs it. */
        public Verdict run() {
            if (fixed) {
                return judgeFixed(name, explore(test));
            }
            return blind() ? unseen(name, test) : judgeBroken(name, explore(test), symptom);
        }
    }

    /** All of them: none may be missing where a clean verdict is to count. */
    public static final List<Twin> ALL =
            List.of(
                    Twin.broken("plain-race", Canary.PlainRace.class, "data-race"),
                    Twin.fixed("plain-race", Canary.PlainRaceFixed.class),
                    Twin.broken("volatile-race", Canary.VolatileRace.class, "lost update"),
                    Twin.fixed("volatile-race", Canary.VolatileRaceFixed.class),
                    Twin.broken("spin-deadlock", Canary.SpinDeadlock.class, "deadlock"),
                    Twin.fixed("spin-deadlock", Canary.SpinDeadlockFixed.class),
                    Twin.broken("missing-release", Canary.MissingRelease.class, "data-race"),
                    Twin.fixed("missing-release", Canary.MissingReleaseFixed.class),
                    Twin.broken("stale-read", Canary.StaleRead.class, "slab-use-after-free"),
                    Twin.fixed("stale-read", Canary.StaleReadFixed.class),
                    Twin.broken("store-buffering", Canary.StoreBuffering.class, ""));

    /** Runs them all: the broken ones and their fixed twins. */
    public static List<Verdict> run() {
        return ALL.stream().map(Twin::run).toList();
    }

    /**
     * True when the verdicts are what {@link #run} must give, none left out: broken found, fixed
     * clean in every interleaving, store buffering declared blind.
     */
    public static boolean healthy(List<Verdict> canaries) {
        return ALL.stream()
                .allMatch(
                        twin ->
                                canaries.stream()
                                        .anyMatch(v -> twin.id().equals(v.id()) && good(twin, v)));
    }

    private static boolean good(Twin twin, Verdict verdict) {
        return verdict.fixed() == twin.fixed
                && (verdict.asExpected()
                        || twin.blind() && verdict.outcome() == Outcome.TOOL_BLIND);
    }

    static Verdict judgeBroken(String name, Exploration.Result result, String symptom) {
        String seen = symptom(result.failure());
        Outcome outcome =
                seen == null
                        ? Outcome.NOT_RUN
                        : seen.contains(symptom) ? Outcome.FOUND : Outcome.FAULT;
        return verdict(name, false, result, outcome, seen == null ? "not seen" : seen);
    }

    static Verdict judgeFixed(String name, Exploration.Result result) {
        if (result.failure() != null) {
            return verdict(name, true, result, Outcome.FAULT, symptom(result.failure()));
        }
        return result.exhausted() && result.interleavings() > 1
                ? verdict(name, true, result, Outcome.CLEAN_EXHAUSTED, "every interleaving")
                : verdict(name, true, result, Outcome.NOT_RUN, "exploration was cut short");
    }

    private static Verdict unseen(String name, Class<?> canary) {
        Exploration.Result result = explore(canary);
        if (result.failure() != null) {
            return verdict(name, false, result, Outcome.FOUND, symptom(result.failure()));
        }
        return verdict(
                name,
                false,
                result,
                result.exhausted() ? Outcome.TOOL_BLIND : Outcome.NOT_RUN,
                "sequentially consistent exploration never shows 0, 0; stress does");
    }

    static Exploration.Result explore(Class<?> canary) {
        return Exploration.run(
                canary,
                List.of(
                        List.of(new Exploration.Operation("task0")),
                        List.of(new Exploration.Operation("task1"))),
                canary,
                CountingVerifier.class,
                new Budget(INVOCATIONS, 0, false));
    }

    private static String symptom(LincheckFailure failure) {
        if (failure == null) {
            return null;
        }
        if (failure instanceof ManagedDeadlockFailure
                || failure instanceof ManagedLivelockFailure) {
            return "deadlock";
        }
        return failure instanceof ValidationFailure validation
                ? validation.getException().getMessage()
                : failure.getClass().getSimpleName();
    }

    private static Verdict verdict(
            String name, boolean fixed, Exploration.Result result, Outcome outcome, String detail) {
        String line = detail.lines().findFirst().orElse("");
        return Verdict.of(Verdict.CANARY + name, fixed, Technique.MODEL, name, outcome, line)
                .runs(result.interleavings())
                .preemptions(result.preemptions());
    }
}
