package org.slubcheck.slab;

import java.util.function.Supplier;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of the handlers of sysfs files that were once wrong. */
public final class SysfsSteps {
    /** How the handler of a file gets slub_lock for read. */
    @FunctionalInterface
    public interface HandlerLock {
        /** False when the handler has to be started again; an active reference is held. */
        boolean take(Slab k, Task t);
    }

    /** What a walk over the nodes of a cache is done under, beside slub_lock. */
    @FunctionalInterface
    public interface NodeWalk {
        /** Runs the walk, which tries for slub_lock, and returns its text. */
        String under(Slab k, Task t, Supplier<String> walk);
    }

    /**
     * Right code only tries, and has the system call restarted when slub_lock is not to be had
     * (restart_syscall, as net/ does with rtnl_lock): kmem_cache_destroy holds slub_lock while it waits
     * for the readers of the files that it removes (S+Q3 10/23). Replaced by Q08.
     */
    public static final Step<HandlerLock> HANDLER_LOCK =
            new Step<>(
                    "slab.sysfs.handler_lock",
                    Slab::tryRead,
                    (code, reached) ->
                            (k, t) -> {
                                reached.run();
                                return code.take(k, t);
                            });

    /**
     * Right code needs no other lock: node structs stay until their cache is destroyed, which is under
     * slub_lock (2021).
     */
    public static final Step<NodeWalk> NODE_WALK =
            new Step<>(
                    "slab.sysfs.node_walk",
                    (k, t, walk) -> walk.get(),
                    (code, reached) ->
                            (k, t, walk) -> {
                                reached.run();
                                return code.under(k, t, walk);
                            });

    private SysfsSteps() {}
}
