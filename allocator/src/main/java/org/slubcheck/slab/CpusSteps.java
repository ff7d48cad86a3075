package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The step at which flushing and CPUs that come and go meet. */
public final class CpusSteps {
    /** What is done about CPUs that come and go while the queues of a cache are flushed. */
    @FunctionalInterface
    public interface KeepCpus {
        /** Where in the code. */
        enum Moment {
            /** kmem_cache_destroy begins; no lock is held. */
            DESTROY,
            /** Slub_lock was given back. */
            DESTROYED,
            /** The handler of the sysfs file shrink begins; its active reference is held. */
            SHRINK,
            /** It ends. */
            SHRUNK
        }

        /** Called at each moment. Irqs are on. */
        void at(Slab k, Task t, Moment moment);
    }

    /**
     * Right code does nothing: a flush reaches the queues of CPUs that are offline, too ({@link
     * org.slubcheck.machine.Machine#onEachPossibleCpu}), so nobody needs to keep CPUs from coming and
     * going. Replaced by U2b.
     */
    public static final Step<KeepCpus> KEEP_CPUS =
            new Step<>(
                    "slab.flush.keep_cpus",
                    (k, t, moment) -> {
                        // A flush serves the CPUs that are offline itself.
                    },
                    (code, reached) ->
                            (k, t, moment) -> {
                                reached.run();
                                code.at(k, t, moment);
                            });

    private CpusSteps() {}
}
