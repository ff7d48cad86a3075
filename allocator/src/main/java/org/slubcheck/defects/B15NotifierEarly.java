package org.slubcheck.defects;

import org.slubcheck.slab.HotplugSteps;
import org.slubcheck.verdict.Technique;

/** B15: the memory notifier is registered while the allocator is DOWN. Replaces {@link HotplugSteps#REGISTER}. */
public final class B15NotifierEarly extends Defect<HotplugSteps.Register> {
    /** Ready to be installed. */
    public B15NotifierEarly() {
        super(
                "B15",
                "memory notifier registered while DOWN",
                Technique.BOOT,
                HotplugSteps.REGISTER,
                "^BUG: sleeping function called from invalid context at"
                        + " mm/slub\\.c slab_mem_going_online_callback$");
    }

    @Override
    protected HotplugSteps.Register code() {
        return (k, t, moment) -> {
            if (moment == HotplugSteps.Register.Moment.DOWN) {
                k.memoryHotplug().register(t);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: Dynamically size kmalloc cache allocations\" (S+Q3 11/23, C. Lameter, August"
                        + " 2010): kmem_cache_init registers behind the first cache",
                Evidence.of(Evidence.INFERRED),
                "Who registers a callback is ready to be called.",
                "kmem_cache_init registers the callback of memory hotplug as soon as kmem_cache_node"
                        + " is open: the state is DOWN, irqs are off, no cache is on the list yet."
                        + " Memory that arrives from then on calls it at once.",
                "The callback takes a lock that sleepers wait for with irqs off, and makes structs for"
                        + " the caches that happen to be listed. Nobody adds memory so early on real"
                        + " machines, so nobody has seen it.",
                "Register where the callback can sleep and allocate; memory that was announced before"
                        + " comes then.");
    }
}
