package org.slubcheck.defects;

import org.slubcheck.slab.HotplugSteps;
import org.slubcheck.verdict.Technique;

/** B12: memory hotplug makes node structs on a kernel without NUMA. Replaces {@link HotplugSteps#NODE_NEEDED}. */
public final class B12UmaHotplug extends Defect<HotplugSteps.NodeNeeded> {
    /** Ready to be installed. */
    public B12UmaHotplug() {
        super(
                "B12",
                "memory hotplug without NUMA",
                Technique.BOOT,
                HotplugSteps.NODE_NEEDED,
                "^BUG: unable to handle kernel NULL pointer dereference at 0000000000000010$\\n"
                        + "IP: read of size 8 by CPU#0$");
    }

    @Override
    protected HotplugSteps.NodeNeeded code() {
        return (k, s, node) -> !k.geometry().numa() || k.node(s, node) == 0;
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: Dynamically size kmalloc cache allocations\" (S+Q3 11/23) has"
                        + " kmem_cache_node under NUMA alone; \"SLUB: Fix memory hotplug with"
                        + " !NUMA\", P. Enberg, October 2010, takes the callback out of such kernels",
                Evidence.of(Evidence.UPSTREAM),
                "What exists on one configuration only is not used on the others.",
                "A kernel without NUMA keeps the one struct of a node inside each struct kmem_cache,"
                        + " and has no cache for such structs. Memory hotplug does not need NUMA: the"
                        + " callback runs, and allocates structs from a cache that there is none of."
                        + " Upstream the compiler saw it first; here it is as if it had not.",
                "A NULL pointer dereference when memory comes, at run time or announced at boot.",
                "No callback on a kernel without NUMA.");
    }
}
