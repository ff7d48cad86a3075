package org.slubcheck.defects;

import org.slubcheck.slab.RcuSteps;

/**
 * U1: destroy keeps CPUs from coming and going, and still calls rcu_barrier under the mutex of the
 * slab allocator. Replaces {@link RcuSteps#BARRIER}.
 */
public final class U1RcuBarrierUnderMutex extends LockOrderDefect<RcuSteps.Barrier> {
    /** Ready to be installed. */
    public U1RcuBarrierUnderMutex() {
        super(
                "U1",
                "get_online_cpus around rcu_barrier under the mutex",
                RcuSteps.BARRIER,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\(slub_lock\\): first wanted by [^\\n]* under cpu_hotplug\\.lock [^\\n]*$"
                        + ".*\\(cpu_hotplug\\.lock\\): wanted now$"
                        + "|^WARNING: possible recursive locking detected$"
                        + ".*^ cpu_hotplug\\.lock at [^\\n]*$",
                "^deadlock: CPU#0 waits for cpu_hotplug\\.lock, CPU#1 waits for cpu_hotplug\\.lock$");
    }

    @Override
    protected RcuSteps.Barrier code() {
        return (k, t, moment) -> {
            switch (moment) {
                case BEGIN -> k.hotplug().getOnlineCpus(t);
                case CLOSED -> k.rcu().barrier(t);
                case UNLOCKED -> k.hotplug().putOnlineCpus(t);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm, slab: release slab_mutex earlier in kmem_cache_destroy()\", J. Kosina, 3"
                        + " October 2012 (210ed9d)",
                Evidence.of(Evidence.UPSTREAM),
                "cpu_hotplug.lock, then slab_mutex; and not cpu_hotplug.lock again below it.",
                "kmem_cache_destroy takes cpu_hotplug.lock for read and then slab_mutex (slub_lock"
                        + " here). rcu_barrier below them wants cpu_hotplug.lock once more. A CPU that"
                        + " is about to come up waits for it meanwhile, for write, and lets no new"
                        + " reader pass.",
                "lockdep reports slab_mutex -> cpu_hotplug.lock against the order in the same"
                        + " function; with a lock that is fair to writers both wait for ever.",
                "Give the mutex back before rcu_barrier.");
    }
}
