package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;

/**
 * The steps of this engine that were once wrong, as constants; and the code that one kernel runs at
 * each of them, as fields, looked up once and shared by all its forks.
 */
public final class SlubSteps {
    /** The node for which a CPU's slab is counted. */
    @FunctionalInterface
    public interface CpuSlabNode {
        /** There is no slab to count. */
        int NONE = Integer.MIN_VALUE;

        /** The node of the slab of an area, or {@link #NONE}; its CPU works on it meanwhile. */
        int node(Slub k, long c);
    }

    /**
     * Right code asks once which slab it is, and goes by what that slab says of itself; a struct page
     * is always there. No lock is held. Replaced by U10s.
     */
    public static final Step<CpuSlabNode> CPU_SLAB_NODE =
            new Step<>(
                    "slub.sysfs.cpu_slab_node",
                    (k, c) -> {
                        long page = k.peerPage(c);
                        return page == 0 ? CpuSlabNode.NONE : PageStruct.node(k.m, page);
                    },
                    (code, reached) ->
                            (k, c) -> {
                                reached.run();
                                return code.node(k, c);
                            });

    /** Where a slab goes whose bytes were damaged. */
    @FunctionalInterface
    public interface BadSlab {
        /**
         * The slab of an area has just come off a partial list, is locked, and all its objects are
         * marked used, as one of them was found damaged. Gives it up and unlocks it; irqs are off.
         */
        void give(Slub k, Task t, long s, long c);
    }

    /**
     * Right code treats it like any slab without free objects, so that it is on the list of full ones:
     * that is where a free of one of its objects looks for it. Replaced by U15.
     */
    public static final Step<BadSlab> BAD_SLAB =
            new Step<>(
                    "slub.alloc.bad_slab",
                    SlowPath::deactivate,
                    (code, reached) ->
                            (k, t, s, c) -> {
                                reached.run();
                                code.give(k, t, s, c);
                            });

    /** How the counts of a slab that others know are stored. */
    @FunctionalInterface
    public interface Counts {
        /**
         * The slab's lock is held, irqs are off.
         *
         * @param inuseAndObjects what stands in the page behind _count
         */
        void store(Memory m, long page, int inuseAndObjects);
    }

    /**
     * Right code stores inuse and objects and nothing else: _count stands in the same word, and who
     * takes or drops a reference to the page does not ask for the slab's lock. Replaced by U12.
     */
    public static final Step<Counts> COUNTS =
            new Step<>(
                    "slub.counts",
                    PageStruct::setSlabCounts,
                    (code, reached) ->
                            (m, page, inuseAndObjects) -> {
                                reached.run();
                                code.store(m, page, inuseAndObjects);
                            });

    private static final SlubSteps MAINLINE = new SlubSteps(Steps.mainline());

    final CpuSlabNode cpuSlabNode;
    final BadSlab badSlab;
    final Counts counts;

    private SlubSteps(Steps steps) {
        cpuSlabNode = steps.get(CPU_SLAB_NODE);
        badSlab = steps.get(BAD_SLAB);
        counts = steps.get(COUNTS);
    }

    static SlubSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new SlubSteps(steps);
    }
}
