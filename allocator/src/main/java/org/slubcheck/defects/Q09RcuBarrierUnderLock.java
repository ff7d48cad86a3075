package org.slubcheck.defects;

import org.slubcheck.slab.RcuSteps;

/** Q09: destroy calls rcu_barrier under slub_lock. Replaces {@link RcuSteps#BARRIER}. */
public final class Q09RcuBarrierUnderLock extends LockOrderDefect<RcuSteps.Barrier> {
    /** Ready to be installed. */
    public Q09RcuBarrierUnderLock() {
        super(
                "Q09",
                "rcu_barrier under slub_lock",
                RcuSteps.BARRIER,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\((slub_lock|cpu_hotplug\\.lock)\\): first wanted by [^\\n]* under"
                        + " (cpu_hotplug\\.lock|slub_lock) [^\\n]*$"
                        + ".*\\((slub_lock|cpu_hotplug\\.lock)\\): wanted now$",
                "^deadlock: CPU#0 waits for cpu_hotplug\\.lock, CPU#1 waits for slub_lock$");
    }

    @Override
    protected RcuSteps.Barrier code() {
        return (k, t, moment) -> {
            if (moment == RcuSteps.Barrier.Moment.CLOSED) {
                k.rcu().barrier(t);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 10/23, C. Lameter, 3 August 2010, whose kmem_cache_destroy holds slub_lock to"
                        + " its end; taken apart again by \"slub: free slabs without holding locks\""
                        + " (V2), C. Lameter, 14 July 2011 (69cb8e6b7c29), which gives slub_lock back"
                        + " before it closes the cache",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "cpu_hotplug.lock comes before slub_lock: the notifier of a CPU that dies takes"
                        + " slub_lock.",
                "kmem_cache_destroy of a cache with SLAB_DESTROY_BY_RCU holds slub_lock and calls"
                        + " rcu_barrier, which waits for cpu_hotplug.lock. cpu_down holds that, and"
                        + " the CPU_DEAD callback waits for slub_lock.",
                "Both wait for ever.",
                "Give slub_lock back, then call rcu_barrier, then free the struct.");
    }
}
