package org.slubcheck.slubbase;

import org.slubcheck.machine.Step;

/** The step of a node's first slab that was once wrong. */
public final class NodeBooksSteps {
    /** In whose books the first slab of kmem_cache_node for a node goes. */
    @FunctionalInterface
    public interface EarlyBooks {
        /** The node whose list and counters the slab goes to; state DOWN, the slab is locked. */
        int node(int pageNode, int wanted);
    }

    /**
     * Right code puts the slab into the books of the node that its page is from, which need not be
     * the one that was asked for. Replaced by B16.
     */
    public static final Step<EarlyBooks> EARLY_BOOKS =
            new Step<>(
                    "slubbase.boot.early_books",
                    (pageNode, wanted) -> pageNode,
                    (code, reached) ->
                            (pageNode, wanted) -> {
                                reached.run();
                                return code.node(pageNode, wanted);
                            });

    private NodeBooksSteps() {}
}
