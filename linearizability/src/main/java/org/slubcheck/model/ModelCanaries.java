package org.slubcheck.model;

import java.util.ArrayList;
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
    /** More than any of them has interleavings: 1 s in all. */
    private static final int INVOCATIONS = 20_000;

    private ModelCanaries() {}

    /** Runs them all: the broken ones and their fixed twins. */
    public static List<Verdict> run() {
        List<Verdict> all = new ArrayList<>();
        all.add(broken("plain-race", Canary.PlainRace.class, "data-race"));
        all.add(fixed("plain-race", Canary.PlainRaceFixed.class));
        all.add(broken("volatile-race", Canary.VolatileRace.class, "lost update"));
        all.add(fixed("volatile-race", Canary.VolatileRaceFixed.class));
        all.add(broken("spin-deadlock", Canary.SpinDeadlock.class, "deadlock"));
        all.add(fixed("spin-deadlock", Canary.SpinDeadlockFixed.class));
        all.add(broken("missing-release", Canary.MissingRelease.class, "data-race"));
        all.add(fixed("missing-release", Canary.MissingReleaseFixed.class));
        all.add(blind("store-buffering", Canary.StoreBuffering.class));
        return all;
    }

    /**
     * True when the verdicts are what {@link #run} must give: broken found, fixed clean with nothing
     * left out, store buffering declared blind.
     */
    public static boolean healthy(List<Verdict> canaries) {
        return !canaries.isEmpty()
                && canaries.stream()
                        .allMatch(v -> v.asExpected() || v.outcome() == Outcome.TOOL_BLIND);
    }

    private static Verdict broken(String name, Class<?> canary, String symptom) {
        return judgeBroken(name, explore(canary), symptom);
    }

    static Verdict judgeBroken(String name, Exploration.Result result, String symptom) {
        String seen = symptom(result.failure());
        Outcome outcome =
                seen == null
                        ? Outcome.NOT_RUN
                        : seen.contains(symptom) ? Outcome.FOUND : Outcome.FAULT;
        return verdict(name, false, result, outcome, seen == null ? "not seen" : seen);
    }

    private static Verdict fixed(String name, Class<?> canary) {
        return judgeFixed(name, explore(canary));
    }

    static Verdict judgeFixed(String name, Exploration.Result result) {
        if (result.failure() != null) {
            return verdict(name, true, result, Outcome.FAULT, symptom(result.failure()));
        }
        return result.exhausted() && result.interleavings() > 1
                ? verdict(name, true, result, Outcome.CLEAN_EXHAUSTED, "every interleaving")
                : verdict(name, true, result, Outcome.NOT_RUN, "exploration was cut short");
    }

    private static Verdict blind(String name, Class<?> canary) {
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
                INVOCATIONS,
                false);
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
        return new Verdict(
                "canary " + name,
                fixed,
                Technique.MODEL,
                name,
                outcome,
                result.interleavings(),
                result.preemptions(),
                result.interleavings(),
                0,
                "",
                detail.lines().findFirst().orElse(""),
                List.of());
    }
}
