package org.slubcheck.model;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.strategy.IncorrectResultsFailure;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Steps;
import org.slubcheck.model.lin.Bench;
import org.slubcheck.model.lin.PoolTest;
import org.slubcheck.model.lin.RegistryTest;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Linearizability: whatever the interleaving, the results of concurrent operations are those of
 * some order of the same operations one by one.
 *
 * <p>Two objects: the list of caches (create, alias, destroy, lookup) against a count for each kind,
 * and a cache (alloc, free, resize) against a pool. Each with a wrong twin that must be found by its
 * results: a lookup that drops slub_lock half way, and a resize without the flush (Q04a).
 */
public final class Linearizability {
    private static final int LARGER = 8;

    private Linearizability() {}

    /** Runs both objects and both wrong twins. */
    public static synchronized List<Verdict> run(Budget budget) {
        return List.of(
                pool(true, budget),
                pool(false, budget),
                registry(true, budget),
                registry(false, budget));
    }

    /** A cache against a pool; the wrong twin resizes without the flush. */
    public static synchronized Verdict pool(boolean fixed, Budget budget) {
        Steps steps = Steps.mainline();
        Bench.boot(fixed ? steps : Defects.byId("Q04a").orElseThrow().install(steps));
        List<List<Exploration.Operation>> tasks =
                fixed
                        ? List.of(
                                List.of(op("resize", 0, LARGER), op("alloc", 0)),
                                List.of(op("free", 1), op("alloc", 1), op("queueSize", 1)))
                        : List.of(
                                List.of(op("resize", 0, LARGER), op("alloc", 0), op("alloc", 0)),
                                List.of(op("alloc", 1), op("alloc", 1)));
        return judge(
                "pool",
                fixed,
                tasks,
                fixed ? PoolTest.class : PoolTest.ResultsOnly.class,
                PoolTest.Specification.class,
                budget);
    }

    /** The list of caches against a count for each kind; the wrong twin's lookup is torn. */
    public static synchronized Verdict registry(boolean fixed, Budget budget) {
        Bench.boot(Steps.mainline());
        List<List<Exploration.Operation>> tasks =
                fixed
                        ? List.of(
                                List.of(op("create", 0, 0), op("lookup", 0)),
                                List.of(op("create", 1, 0), op("destroy", 1, 0)))
                        : List.of(
                                List.of(op("create", 0, 0), op("create", 0, 1)),
                                List.of(op("lookup", 1)));
        return judge(
                "registry",
                fixed,
                tasks,
                fixed ? RegistryTest.class : RegistryTest.Torn.class,
                RegistryTest.Specification.class,
                budget);
    }

    private static Exploration.Operation op(String method, Object... arguments) {
        return new Exploration.Operation(method, arguments);
    }

    private static Verdict judge(
            String subject,
            boolean fixed,
            List<List<Exploration.Operation>> tasks,
            Class<?> test,
            Class<?> specification,
            Budget budget) {
        long begin = System.nanoTime();
        try {
            Exploration.Result result =
                    Exploration.run(
                            test,
                            tasks,
                            specification,
                            CountingVerifier.Linearizing.class,
                            budget.invocations(),
                            budget.everyAccess());
            ModelCheck.Finding finding =
                    result.failure() == null ? ModelCheck.clean(result, budget) : found(result);
            return new Verdict(
                            "linearizability",
                            fixed,
                            Technique.MODEL,
                            subject,
                            finding.outcome(),
                            result.interleavings(),
                            result.preemptions(),
                            result.interleavings(),
                            0,
                            "",
                            finding.detail(),
                            List.of())
                    .took((System.nanoTime() - begin) / 1e9);
        } finally {
            Bench.shutDown();
        }
    }

    /** Results that no order explains are the finding; anything else is not what was asked. */
    private static ModelCheck.Finding found(Exploration.Result result) {
        return result.failure() instanceof IncorrectResultsFailure incorrect
                ? new ModelCheck.Finding(
                        Outcome.FOUND,
                        "results that no order gives: "
                                + incorrect.getResults().getParallelResultsWithClock().stream()
                                        .map(task -> task.stream().map(r -> r.getResult()).toList())
                                        .toList(),
                        List.of())
                : new ModelCheck.Finding(
                        Outcome.FAULT,
                        ModelCheck.firstLine(result.failure().toString()),
                        List.of());
    }
}
