package org.slubcheck.defects;

import org.slubcheck.mm.Gfp;
import org.slubcheck.slubq.NodeSteps;
import org.slubcheck.verdict.Technique;

/** Q22: boots with one node and not with several. Replaces {@link NodeSteps#REMOTE_FLAGS}. */
public final class Q22NumaOnlyBoot extends Defect<NodeSteps.RemoteFlags> {
    /** Ready to be installed. */
    public Q22NumaOnlyBoot() {
        super(
                "Q22",
                "boots with numa=off only",
                Technique.BOOT,
                NodeSteps.REMOTE_FLAGS,
                "^dies with \\d nodes and boots with numa=off: Kernel panic - not syncing: Cannot create slab ");
    }

    @Override
    protected NodeSteps.RemoteFlags code() {
        return gfp -> gfp | Gfp.THISNODE;
    }

    @Override
    public Story story() {
        return new Story(
                "D. Rientjes on S+Q3 00/23, 3 August 2010: the series reboots at once on his "
                        + "servers, and works with numa=off. The code is that of slab_alloc_node "
                        + "in S+Q3 19/23",
                Evidence.of(Evidence.SAID, Evidence.FULL_MAIL, Evidence.INFERRED),
                "Every test of the allocator needs a configuration with several nodes.",
                "What failed was never said of the whole series. The thread names the sysfs name "
                        + "that patch 8 registers twice (Q13, Q14), and later a crash of patch 20 "
                        + "(F05). Reading the patches for code that runs on several nodes alone "
                        + "gives a third: an allocation from a node that the caller named adds "
                        + "GFP_THISNODE to his flags, so that a node without free memory is an "
                        + "error where it was a wish. That this is among what was reported is our "
                        + "inference. Here node structs are made for nodes without memory, too, "
                        + "as early_kmem_cache_node_alloc does; 2.6.36 leaves them out later.",
                "A machine with a node that has no memory panics when it opens its second cache. "
                        + "With numa=off nobody asks for another node, and it boots.",
                "Add GFP_THISNODE to the first try only, and go elsewhere unless the caller "
                        + "forbade it.");
    }
}
