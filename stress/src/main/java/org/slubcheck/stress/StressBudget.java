package org.slubcheck.stress;

import java.time.Duration;

/**
 * How long to try.
 *
 * @param forks JVMs for each test and round; each gets another seed for the compiler's scheduling
 * @param millis length of an iteration
 * @param iterations iterations in each JVM
 * @param rounds how often at most all of it is repeated: for a defect until it is found, for fixed
 *     code until there are enough samples
 * @param words samples of a few words of memory, so many at least, without which a fixed canary is
 *     not clean: 5 to 50 million a second
 * @param kernels samples of whole kernels, so many at least, without which fixed code is not clean:
 *     each is a copy of a booted machine that is judged at its end, 50 to 300 thousand a second. A
 *     verdict says which rate they exclude
 * @param limit after which a round of a defect and its twin is killed; one of more tests has as much
 *     more time
 */
public record StressBudget(
        int forks,
        int millis,
        int iterations,
        int rounds,
        long words,
        long kernels,
        Duration limit) {
    private static final int CANARY_MILLIS = 700;
    private static final int CANARY_ITERATIONS = 5;

    /**
     * The same for canaries: words come a hundred times as fast as kernels, so shorter iterations do.
     */
    public StressBudget forCanaries() {
        return new StressBudget(
                forks,
                Math.min(millis, CANARY_MILLIS),
                Math.min(iterations, CANARY_ITERATIONS),
                rounds,
                words,
                kernels,
                limit);
    }

    /** After which a round of so many tests is killed. */
    Duration limit(int tests) {
        return limit.multipliedBy(Math.max(1, tests / 2));
    }

    /** Samples without which a test's fixed twin is not clean. */
    long fewest(StressTest test) {
        return test.canary() ? words : kernels;
    }
}
