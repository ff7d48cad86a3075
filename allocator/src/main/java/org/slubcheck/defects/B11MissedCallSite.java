package org.slubcheck.defects;

import org.slubcheck.slab.HotplugSteps;
import org.slubcheck.verdict.Technique;

/** B11: memory hotplug takes the array of kmalloc caches for a cache. Replaces {@link HotplugSteps#NODE_CACHE}. */
public final class B11MissedCallSite extends Defect<HotplugSteps.NodeCache> {
    /** Ready to be installed. */
    public B11MissedCallSite() {
        super(
                "B11",
                "memory hotplug still passes the array",
                Technique.PROPERTY,
                HotplugSteps.NODE_CACHE,
                // What stands where a cache has its per-CPU pointer: nothing, or the indices of
                // size_index, which follow the array on a kernel with statistics.
                "^BUG: unable to handle kernel (NULL pointer dereference at 00000000000000|"
                        + "paging request at 02020202020202)[0-9a-f]{2}$\\n"
                        + "IP: read of size [48] by CPU#\\d$");
    }

    @Override
    protected HotplugSteps.NodeCache code() {
        return k -> k.wiring().kmallocCaches();
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: Dynamically size kmalloc cache allocations\" (S+Q3 11/23) leaves it behind;"
                        + " \"Slub: Fix up missing kmalloc_cache -> kmem_cache_node case for"
                        + " memoryhotplug\", C. Lameter, 25 August 2010",
                Evidence.of(Evidence.UPSTREAM),
                "A name that changes its meaning changes it at every place where it stands.",
                "kmalloc_caches was an array of structs whose first served for the structs of nodes,"
                        + " so its name stood for that cache. It becomes an array of pointers; the"
                        + " compiler accepts it as a pointer to a struct all the same, in the one"
                        + " callback that most kernels are built without.",
                "Memory of a node comes; the callback allocates from an array of pointers, whose"
                        + " first word it takes for the per-CPU pointer.",
                "Allocate from kmem_cache_node.");
    }
}
