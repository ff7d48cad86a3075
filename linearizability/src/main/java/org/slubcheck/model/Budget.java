package org.slubcheck.model;

/**
 * How much a model check may cost and how much it must reach.
 *
 * @param invocations at most so many interleavings; 400 to 800 a second for a small kernel
 * @param preemptions so many must be completed, or a clean verdict is BOUND-HIT
 * @param everyAccess true to switch at plain accesses of the checked memory too: three to four times
 *     the interleavings for the same number of preemptions
 */
public record Budget(int invocations, int preemptions, boolean everyAccess) {
    /** For defects: the slowest that is known is found within 200 interleavings. */
    public static final Budget FIND = new Budget(20_000, 0, false);

    /** For a fixed twin in a quick gate: 2 preemptions take up to 4000 interleavings, 3 to 8 s. */
    public static final Budget QUICK = new Budget(4_000, 2, false);

    /** For a fixed twin: with room to spare, 8 to 20 s. */
    public static final Budget STANDARD = new Budget(10_000, 2, false);

    /** Once in a while: 3 preemptions need about 26 000 interleavings for two allocations. */
    public static final Budget DEEP = new Budget(100_000, 2, false);

    /** The same with switches at every access. */
    public Budget atEveryAccess() {
        return new Budget(invocations, preemptions, true);
    }
}
