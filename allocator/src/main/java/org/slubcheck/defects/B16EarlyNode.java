package org.slubcheck.defects;

import org.slubcheck.slubbase.NodeBooksSteps;
import org.slubcheck.verdict.Technique;

/** B16: a first slab in the books of the wrong node. Replaces {@link NodeBooksSteps#EARLY_BOOKS}. */
public final class B16EarlyNode extends Defect<NodeBooksSteps.EarlyBooks> {
    /** Ready to be installed. */
    public B16EarlyNode() {
        super(
                "B16",
                "first slab in the wrong node's books",
                Technique.BOOT,
                NodeBooksSteps.EARLY_BOOKS,
                "^kmem_cache_node node#\\d: (nr_slabs|nr_partial|total_objects) is \\d+ but there are 0$");
    }

    @Override
    protected NodeBooksSteps.EarlyBooks code() {
        return (pageNode, wanted) -> wanted;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010: early_kmem_cache_node_alloc, as it was before",
                Evidence.of(Evidence.CODE),
                "A slab is counted, listed and locked where its page is from.",
                "The node structs of kmem_cache_node come out of slabs that are made by hand. A node "
                        + "that has no memory gets a page of another node. The code says so on "
                        + "the console and goes on as if it had not: it counts the slab on the "
                        + "node that it wanted and puts it on that node's list.",
                "Whoever frees into that slab takes the list_lock of the node that the page is "
                        + "from, unlinks it from the list of the other, and counts it off where "
                        + "it was not counted.",
                "Count and list it on the node of its page. Only a machine with a node that has no "
                        + "memory shows the difference; the other assumptions of this code (the "
                        + "first slab, one CPU, GFP_NOWAIT) hold at boot.");
    }
}
