package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of caches whose slabs wait for a grace period that were once wrong. */
public final class RcuSteps {
    /** Where kmem_cache_destroy waits for the slabs that are on their way to the page allocator. */
    @FunctionalInterface
    public interface Barrier {
        /** How far the destruction of a cache with SLAB_DESTROY_BY_RCU is. */
        enum Moment {
            /** Nothing has happened and no lock is held. */
            BEGIN,
            /** No slab is left; slub_lock is held for write. */
            CLOSED,
            /** The cache is gone from the list and from sysfs; no lock is held. */
            UNLOCKED
        }

        /** Called at each moment, in order; must have called rcu_barrier by the end. */
        void at(Slab k, Task t, Moment moment);
    }

    /**
     * Right code waits with no lock held, before the struct is freed: rcu_barrier takes
     * cpu_hotplug.lock, and the notifiers of a CPU that comes or goes take slub_lock under it.
     * Replaced by Q09 and U1.
     */
    public static final Step<Barrier> BARRIER =
            new Step<>(
                    "slab.destroy.rcu_barrier",
                    (k, t, moment) -> {
                        if (moment == Barrier.Moment.UNLOCKED) {
                            k.rcu().barrier(t);
                        }
                    },
                    (code, reached) ->
                            (k, t, moment) -> {
                                reached.run();
                                code.at(k, t, moment);
                            });

    private RcuSteps() {}

    /** Tells a moment to the step, if the cache waits for grace periods. */
    static void at(Slab k, Task t, long flags, Barrier.Moment moment) {
        if ((flags & SlabFlags.DESTROY_BY_RCU) != 0) {
            k.code.rcuBarrier.at(k, t, moment);
        }
    }
}
