package org.slubcheck.defects;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E07: nodes are asked in the order of their list. Replaces {@link EarlySteps#NODES}. */
public final class E07MemorylessNode extends Defect<EarlySteps.Nodes> {
    /** Ready to be installed. */
    public E07MemorylessNode() {
        super(
                "E07",
                "distance ignored on CPU-only nodes",
                Technique.PROPERTY,
                EarlySteps.NODES,
                "^early memory for node \\d+ is of node \\d+, and node \\d+ is nearer$");
    }

    @Override
    protected EarlySteps.Nodes code() {
        return (g, node) ->
                Stream.concat(
                                Stream.of(node),
                                IntStream.range(0, g.nodes()).boxed().filter(n -> n != node))
                        .toList();
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005, whose description "
                        + "names it as a deficiency",
                Evidence.of(Evidence.SAID),
                "Memory comes from the nearest node that has some.",
                "alloc_bootmem_node looks at the node that was asked for, and then at all "
                        + "others in the order of their list. A node of CPUs alone gets its early "
                        + "memory from the first node, however far that is.",
                "Every CPU of the node pays the distance for as long as the objects live.",
                "Ask the nodes by their distance, as the zone lists do.");
    }
}
