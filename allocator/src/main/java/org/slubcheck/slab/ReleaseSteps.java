package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/**
 * The steps at which a destroyed cache leaves sysfs and its struct is freed; upstream moved them out
 * of the mutex and back four times, from 2017 to 2022.
 */
public final class ReleaseSteps {
    /**
     * A cache whose last reference is gone.
     *
     * @param s the struct, on slab_caches no more
     * @param flags its flags, read while the caller's reference kept it
     * @param empty no object is left, and neither areas nor nodes are
     */
    public record Dying(long s, long flags, boolean empty) {}

    /** Takes a dying cache out of sysfs and frees its struct. */
    @FunctionalInterface
    public interface Release {
        /** How far the destruction is. */
        enum Moment {
            /** The cache is closed; slub_lock is held for write. */
            CLOSED,
            /** No slab waits for a grace period any more; no lock is held. */
            UNLOCKED
        }

        /**
         * Called at each moment, in order. By the end the entry is out of sysfs, and the struct is
         * free if the cache was empty; of one that was not the struct stays.
         */
        void at(Slab k, Task t, Dying cache, Moment moment);
    }

    /**
     * Right code removes the entry under slub_lock, so that a name is free in sysfs when it is free on
     * slab_caches (S+Q3 10/23), and frees behind the lock by what it knows from under it. Replaced by
     * U2a, U2c and U2d.
     */
    public static final Step<Release> RELEASE =
            new Step<>(
                    "slab.destroy.release",
                    (k, t, cache, moment) -> {
                        if (moment == Release.Moment.CLOSED) {
                            k.sysfsRemove(t, cache.s());
                        } else if (cache.empty()) {
                            k.kfree(t, cache.s());
                        }
                    },
                    (code, reached) ->
                            (k, t, cache, moment) -> {
                                reached.run();
                                code.at(k, t, cache, moment);
                            });

    private ReleaseSteps() {}
}
