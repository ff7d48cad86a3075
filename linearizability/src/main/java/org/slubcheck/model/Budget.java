package org.slubcheck.model;

/**
 * How much a model check may cost and how much it must reach.
 *
 * @param invocations at most so many interleavings; 400 to 800 a second for a small kernel
 * @param preemptions so many must be completed, or a clean verdict is BOUND-HIT
 * @param everyAccess true to switch at plain accesses of the checked memory too: three to four times
 *     the interleavings for the same number of preemptions
 * @param enough to end as soon as so many preemptions are completed
 */
public record Budget(int invocations, int preemptions, boolean everyAccess, int enough) {
    private static final int NEVER = 1_000;

    /** For defects: the slowest that is known is found within 200 interleavings. */
    public static final Budget FIND = new Budget(20_000, 0, false);

    /**
     * For a fixed twin in a quick gate: 2 preemptions take up to 1000 interleavings, 1 to 2 s, and
     * most come to 3 within 4000.
     */
    public static final Budget QUICK = new Budget(4_000, 2, false, 3);

    /** For two operations on one cache: 2 preemptions take 30 to 12 000 interleavings. */
    public static final Budget PAIR = new Budget(20_000, 2, false).noMore();

    /** For three tasks: 1 preemption; 2 were not completed in 20 000 interleavings. */
    public static final Budget THREE = new Budget(20_000, 1, false).noMore();

    /** For a fixed twin: with room to spare, 8 to 20 s. */
    public static final Budget STANDARD = new Budget(10_000, 2, false);

    /** Once in a while: 3 preemptions need about 26 000 interleavings for two allocations. */
    public static final Budget DEEP = new Budget(100_000, 2, false);

    /** All of the interleavings, however many preemptions they complete. */
    public Budget(int invocations, int preemptions, boolean everyAccess) {
        this(invocations, preemptions, everyAccess, NEVER);
    }

    /** The same with switches at every access. */
    public Budget atEveryAccess() {
        return new Budget(invocations, preemptions, true, enough);
    }

    /** The same with another bound on the number of interleavings. */
    Budget atMost(int interleavings) {
        return new Budget(interleavings, preemptions, everyAccess, enough);
    }

    /** The same, but no more than it takes to complete the preemptions. */
    public Budget noMore() {
        return new Budget(invocations, preemptions, everyAccess, preemptions);
    }
}
