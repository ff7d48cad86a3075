package org.slubcheck.slubbase;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.mm.ListHead;

/** The step of kmem_cache_shrink that was once wrong. */
public final class ShrinkSteps {
    /** Makes the list heads ready that the slabs of a node are sorted into. */
    @FunctionalInterface
    public interface Heads {
        /**
         * Irqs are on and no lock is held.
         *
         * @param heads where they stand, one behind the other
         * @param first whether this is the first node of the cache
         */
        void ready(Memory m, long heads, int count, boolean first);
    }

    /**
     * Right code initialises them for every node: what was spliced out of one still stands in it.
     * Replaced by U17.
     */
    public static final Step<Heads> HEADS =
            new Step<>(
                    "slubbase.shrink.heads",
                    (m, heads, count, first) -> init(m, heads, count),
                    (code, reached) ->
                            (m, heads, count, first) -> {
                                reached.run();
                                code.ready(m, heads, count, first);
                            });

    private ShrinkSteps() {}

    /** INIT_LIST_HEAD of each. */
    public static void init(Memory m, long heads, int count) {
        for (int i = 0; i < count; i++) {
            ListHead.init(m, heads + (long) i * ListHead.SIZE);
        }
    }
}
