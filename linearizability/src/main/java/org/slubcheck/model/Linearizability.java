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
 * results: a lookup that drops slub_lock half way, and a resize without the flush (Q04a). Scenarios
 * are small because two preemptions cost the square of the switch points.
 */
public final class Linearizability {
    /** The id of all its verdicts. */
    public static final String ID = "linearizability";

    private static final String POOL_RESIZE = "pool-resize";
    private static final String POOL_HANDS = "pool-hands";
    private static final String REGISTRY_ALIASES = "registry-aliases";
    private static final String REGISTRY_LOOKUP = "registry-lookup";
    private static final int LARGER = 8;

    private Linearizability() {}

    /**
     * A scenario.
     *
     * @param subject its name
     * @param fixed false for a wrong twin
     */
    public record Case(String subject, boolean fixed) {
        /** Runs it. */
        public Verdict run(Budget budget) {
            return switch (subject) {
                case POOL_RESIZE -> resize(fixed, budget);
                case POOL_HANDS -> hands(budget);
                case REGISTRY_ALIASES -> aliases(budget);
                case REGISTRY_LOOKUP -> lookup(fixed, budget);
                default -> throw new IllegalStateException("no scenario " + subject);
            };
        }
    }

    /** All four scenarios and the two wrong twins. */
    public static final List<Case> ALL =
            List.of(
                    new Case(POOL_RESIZE, true),
                    new Case(POOL_RESIZE, false),
                    new Case(POOL_HANDS, true),
                    new Case(REGISTRY_ALIASES, true),
                    new Case(REGISTRY_LOOKUP, true),
                    new Case(REGISTRY_LOOKUP, false));

    /**
     * A cache against a pool while its queues are replaced. The wrong twin replaces them without the
     * flush: what the resizer drains, the other CPU pops all the same, and it is handed out twice.
     * That takes a switch between plain accesses.
     */
    private static synchronized Verdict resize(boolean fixed, Budget budget) {
        Steps steps = Steps.mainline();
        Bench.boot(fixed ? steps : Defects.byId("Q04a").orElseThrow().install(steps));
        return judge(
                POOL_RESIZE,
                fixed,
                List.of(
                        List.of(op("resize", 0, LARGER), op("alloc", 0), op("alloc", 0)),
                        List.of(op("alloc", 1))),
                fixed ? PoolTest.class : PoolTest.ResultsOnly.class,
                PoolTest.Specification.class,
                fixed ? budget : Budget.FIND.atEveryAccess());
    }

    /** A cache against a pool: objects come and go on two CPUs. */
    private static synchronized Verdict hands(Budget budget) {
        Bench.boot(Steps.mainline());
        return judge(
                POOL_HANDS,
                true,
                List.of(
                        List.of(op("alloc", 0), op("free", 0), op("alloc", 0)),
                        List.of(op("free", 1), op("free", 1), op("alloc", 1))),
                PoolTest.class,
                PoolTest.Specification.class,
                budget);
    }

    /** The list of caches against a count for each kind: aliases come and go. */
    private static synchronized Verdict aliases(Budget budget) {
        Bench.boot(Steps.mainline());
        return judge(
                REGISTRY_ALIASES,
                true,
                List.of(
                        List.of(op("create", 0, 0), op("lookup", 0)),
                        List.of(op("create", 1, 0), op("destroy", 1, 0), op("lookup", 1))),
                RegistryTest.class,
                RegistryTest.Specification.class,
                budget);
    }

    /**
     * The list of caches against a count for each kind: a lookup while caches appear. The wrong
     * twin's lookup drops slub_lock half way.
     */
    private static synchronized Verdict lookup(boolean fixed, Budget budget) {
        Bench.boot(Steps.mainline());
        return judge(
                REGISTRY_LOOKUP,
                fixed,
                List.of(List.of(op("create", 0, 0), op("create", 0, 1)), List.of(op("lookup", 1))),
                fixed ? RegistryTest.class : RegistryTest.Torn.class,
                RegistryTest.Specification.class,
                fixed ? budget : Budget.FIND);
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
                            test, tasks, specification, CountingVerifier.Linearizing.class, budget);
            ModelCheck.Finding finding =
                    result.failure() == null ? ModelCheck.clean(result, budget) : found(result);
            return Verdict.of(
                            ID,
                            fixed,
                            Technique.MODEL,
                            subject,
                            finding.outcome(),
                            finding.detail())
                    .runs(result.interleavings())
                    .preemptions(result.preemptions())
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
