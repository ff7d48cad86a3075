package org.slubcheck.slub;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
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

    private static final SlubSteps MAINLINE = new SlubSteps(Steps.mainline());

    final CpuSlabNode cpuSlabNode;

    private SlubSteps(Steps steps) {
        cpuSlabNode = steps.get(CPU_SLAB_NODE);
    }

    static SlubSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new SlubSteps(steps);
    }
}
