package org.slubcheck.defects;

import org.slubcheck.slub.SlubSteps;
import org.slubcheck.verdict.Technique;

/** U10s: a CPU's slab is looked at twice, where U10 came from. Replaces {@link SlubSteps#CPU_SLAB_NODE}. */
public final class U10sCpuSlabReadAgain extends Defect<SlubSteps.CpuSlabNode> {
    /** Ready to be installed. */
    public U10sCpuSlabReadAgain() {
        super(
                "U10s",
                "show_slab_objects asks a CPU again",
                Technique.MODEL,
                SlubSteps.CPU_SLAB_NODE,
                "^BUG: KASAN: slab-out-of-bounds in kmalloc-\\d+ object \\d+ of page#\\d+");
    }

    @Override
    protected SlubSteps.CpuSlabNode code() {
        return (k, c) -> {
            int node = k.peerNode(c);
            if (node < 0 || k.peerPage(c) == 0) {
                return SlubSteps.CpuSlabNode.NONE;
            }
            return k.peerNode(c);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: avoid potential NULL dereference or corruption\", E. "
                        + "Dumazet, November 2011",
                Evidence.of(Evidence.UPSTREAM),
                "What belongs to another CPU may change between two looks at it: look once.",
                "A reader of cpu_slabs checks that c->node is a node and that there is a "
                        + "c->page. Then the other CPU allocates from a cache that is "
                        + "debugged, which sets c->node to -1. The reader counts the slab "
                        + "for the node that it reads now.",
                "nodes[-1] is incremented: a word before the array changes.",
                "Read c->page and c->node once each and go by what was read.");
    }
}
