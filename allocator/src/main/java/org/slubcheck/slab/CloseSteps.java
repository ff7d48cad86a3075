package org.slubcheck.slab;

import java.util.function.BooleanSupplier;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of kmem_cache_close that were once wrong (S+Q3 15/23). */
public final class CloseSteps {
    /** The lock that kmem_cache_close takes for itself. */
    @FunctionalInterface
    public interface Lock {
        /** Runs the body, true when the cache is empty; destroy holds slub_lock for write. */
        boolean around(Slab k, Task t, BooleanSupplier body);
    }

    /** When the per-CPU areas of a cache that is closed are freed. */
    @FunctionalInterface
    public interface Areas {
        /** Where in kmem_cache_close. */
        enum Moment {
            /** The queues are empty; slabs may have objects yet. */
            FLUSHED,
            /** No slab is left. */
            EMPTY
        }

        /** Called at each moment; slub_lock is held for write, irqs are on. */
        void at(Slab k, Task t, long s, Moment moment);
    }

    /**
     * Right code takes no lock: its caller holds slub_lock for write already. Replaced by F09.
     */
    public static final Step<Lock> LOCK =
            new Step<>(
                    "slab.close.lock",
                    (k, t, body) -> body.getAsBoolean(),
                    (code, reached) ->
                            (k, t, body) -> {
                                reached.run();
                                return code.around(k, t, body);
                            });

    /**
     * Right code keeps the areas until no object is left: objects of a cache that turns out to be
     * busy are freed through them. Replaced by F10.
     */
    public static final Step<Areas> AREAS =
            new Step<>(
                    "slab.close.areas",
                    (k, t, s, moment) -> {
                        if (moment == Areas.Moment.EMPTY) {
                            k.engine().freeKmemCacheCpus(t, s);
                        }
                    },
                    (code, reached) ->
                            (k, t, s, moment) -> {
                                reached.run();
                                code.at(k, t, s, moment);
                            });

    private CloseSteps() {}
}
