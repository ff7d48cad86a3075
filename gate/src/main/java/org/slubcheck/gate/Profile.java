package org.slubcheck.gate;

import java.time.Duration;
import java.util.SplittableRandom;
import org.slubcheck.model.Budget;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.StressBudget;

/**
 * How much a gate costs. The times are of two cores; what a budget buys stands beside it.
 *
 * <p>A defective run ends when the defect is found, so its budget is only a bound; what costs is
 * the proof that the fixed twins are clean.
 */
enum Profile {
    /** What every change must pass, in minutes: 2 preemptions, 200 000 kernels a fixed twin. */
    QUICK(
            Budget.QUICK,
            200,
            new StressBudget(1, 400, 3, 12, 1_000_000, 200_000, Duration.ofMinutes(4)),
            false),
    /**
     * Before a release: 10 000 interleavings, every access too, 2 M kernels a fixed twin, for which one
     * round of 22 s is enough on two cores. 1 000 tries find each defect with 99 % (docs/detection.md).
     */
    STANDARD(
            Budget.STANDARD,
            1_000,
            new StressBudget(1, 1_000, 22, 40, 20_000_000, 2_000_000, Duration.ofMinutes(10)),
            true),
    /** Once a week: hours. */
    DEEP(
            Budget.DEEP,
            20_000,
            new StressBudget(4, 2_000, 10, 200, 200_000_000, 20_000_000, Duration.ofMinutes(60)),
            true);

    /** Seed of everything that is drawn by chance, so that two gates of one commit agree. */
    static final long SEED = 20100803;

    /** The seed of the i-th of several runs, from 0: the first is {@link #SEED}. */
    static long seed(int i) {
        SplittableRandom seeds = new SplittableRandom(SEED);
        long seed = SEED;
        for (int drawn = 0; drawn < i; drawn++) {
            seed = seeds.nextLong(Long.MAX_VALUE);
        }
        return seed;
    }

    private final Budget modelClean;
    private final int tries;
    private final StressBudget stress;
    private final boolean everyAccess;

    Profile(Budget modelClean, int tries, StressBudget stress, boolean everyAccess) {
        this.modelClean = modelClean;
        this.tries = tries;
        this.stress = stress;
        this.everyAccess = everyAccess;
    }

    /** For a fixed twin under the model checker; of three tasks no more than must be completed. */
    Budget modelClean(String scenario) {
        boolean three = Scenarios.byId(scenario).filter(s -> s.tasks().size() > 2).isPresent();
        return three && this == QUICK ? modelClean.noMore() : modelClean;
    }

    /** For a scenario of so many tasks in which no defect is looked for. */
    Budget scenario(int tasks) {
        return tasks > 2 ? Budget.THREE : this == DEEP ? modelClean : Budget.PAIR;
    }

    /** Tries of a property. */
    int tries() {
        return tries;
    }

    /** For a pair of stress tests. */
    StressBudget stress() {
        return stress;
    }

    /** Whether each defect is also looked for with switches at plain accesses. */
    boolean everyAccess() {
        return everyAccess;
    }

    /** For results held against sequential specifications: never less than two preemptions. */
    Budget linearizability() {
        return this == QUICK ? Budget.STANDARD : modelClean;
    }

    /** All that it says, for a digest. */
    String numbers() {
        return modelClean + " " + tries + " " + stress + " " + everyAccess;
    }

    /** The word on the command line. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
