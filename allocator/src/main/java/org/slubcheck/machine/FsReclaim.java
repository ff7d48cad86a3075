package org.slubcheck.machine;

/**
 * The kernel's fs_reclaim: no lock, but what lockdep is told of page reclaim as if it were one. Who
 * reclaims holds it, and an allocation that may reclaim takes it for a moment, whether memory is short
 * or not. So a lock that is held over an allocation and waited for in reclaim closes a cycle in a run
 * in which nobody ever was short of memory.
 *
 * <p>The kernel tells of requests with __GFP_FS alone; here of every one that may reclaim, for what is
 * reclaimed is slab memory, and that is done for all of them. An allocation in the middle of reclaim
 * counts as recursion, as it may reclaim once more (there is no PF_MEMALLOC).
 *
 * <p>Touches no memory; without an observer nothing happens.
 */
public final class FsReclaim {
    /** Where it is: nowhere. */
    static final long NOWHERE = -2;

    private FsReclaim() {}

    /** fs_reclaim_acquire: the task begins to reclaim. Irqs are on. */
    public static void acquire(Machine machine, Task task) {
        LockObserver observer = machine.observer();
        if (observer != LockObserver.NONE) {
            observer.acquire(task, LockClass.FS_RECLAIM, NOWHERE, LockObserver.How.WRITE);
            task.held.push(LockClass.FS_RECLAIM, NOWHERE);
        }
    }

    /** fs_reclaim_release. */
    public static void release(Machine machine, Task task) {
        LockObserver observer = machine.observer();
        if (observer != LockObserver.NONE) {
            observer.release(task, LockClass.FS_RECLAIM, NOWHERE);
            task.held.remove(NOWHERE);
        }
    }

    /** might_alloc: the task is about to allocate, and is one that may reclaim. */
    public static void mayRun(Machine machine, Task task) {
        acquire(machine, task);
        release(machine, task);
    }
}
