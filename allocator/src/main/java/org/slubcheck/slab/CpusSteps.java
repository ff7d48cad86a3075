package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps at which flushing and the other CPUs meet. */
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

    /** What is done when a cache has got its first per-CPU areas. */
    @FunctionalInterface
    public interface FirstAreas {
        /** The cache is not listed yet, so nobody else knows it. */
        void published(Slab k, Task t, long s);
    }

    /**
     * Right code does nothing: a CPU that is interrupted lets go of the areas that it had looked up,
     * and there were none before these. Replaced by U18.
     */
    public static final Step<FirstAreas> FIRST_AREAS =
            new Step<>(
                    "slab.create.first_areas",
                    (k, t, s) -> {
                        // No CPU can be in the midst of using older areas.
                    },
                    (code, reached) ->
                            (k, t, s) -> {
                                reached.run();
                                code.published(k, t, s);
                            });

    private CpusSteps() {}
}
