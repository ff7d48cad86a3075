package org.slubcheck.slab;

import java.util.function.IntSupplier;
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

    /** What the handler of a file works on areas, nodes or slabs of a cache under. */
    @FunctionalInterface
    public interface FileWork {
        /** Does the work and returns what it returns, or a negative errno; an active reference is held. */
        int under(Slab k, Task t, IntSupplier work);
    }

    /**
     * Right code has slub_lock for read: an active reference keeps the struct of a cache, but
     * kmem_cache_destroy gives its slabs, nodes and areas back before it waits for who has one. 2.6.35
     * validates without. No defect of the catalogue is about this.
     */
    public static final Step<FileWork> FILE_WORK =
            new Step<>(
                    "slab.sysfs.file_work",
                    (k, t, work) -> {
                        if (!k.code.handlerLock.take(k, t)) {
                            return Errno.ERESTARTSYS;
                        }
                        int result = work.getAsInt();
                        k.upRead(t);
                        return result;
                    },
                    (code, reached) ->
                            (k, t, work) -> {
                                reached.run();
                                return code.under(k, t, work);
                            });

    private SysfsSteps() {}
}
