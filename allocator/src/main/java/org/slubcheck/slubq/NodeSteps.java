package org.slubcheck.slubq;

import org.slubcheck.machine.Step;

/** The steps of nodes that have no memory for what is asked of them, which were once wrong. */
public final class NodeSteps {
    /** With which flags a request for one of the other nodes is served. */
    @FunctionalInterface
    public interface RemoteFlags {
        /** The flags that count, of those that the caller gave. */
        int flags(int gfp);
    }

    /** With which flags a CPU's queue gets a new slab. */
    @FunctionalInterface
    public interface NewSlabFlags {
        /** The flags that count, of those that the caller gave; irqs are off. */
        int flags(Slubq k, long s, int gfp);
    }

    /**
     * Right code takes the node that a caller names as a wish, unless he says THISNODE: where it has
     * nothing, another one serves. Replaced by Q22.
     */
    public static final Step<RemoteFlags> REMOTE_FLAGS =
            new Step<>(
                    "slubq.remote.flags",
                    gfp -> gfp,
                    (code, reached) ->
                            gfp -> {
                                reached.run();
                                return code.flags(gfp);
                            });

    /**
     * Right code takes a slab of the nearest node that has memory of the kind, also where that is not
     * the node of the CPU's area: ZONE_DMA is on few nodes. Replaced by Q21.
     */
    public static final Step<NewSlabFlags> NEW_SLAB_FLAGS =
            new Step<>(
                    "slubq.refill.new_slab_flags",
                    (k, s, gfp) -> gfp,
                    (code, reached) ->
                            (k, s, gfp) -> {
                                reached.run();
                                return code.flags(k, s, gfp);
                            });

    private NodeSteps() {}
}
