package org.slubcheck.machine;

/**
 * Watches locks; lockdep is one. Called by the task that acts, before it waits and before it gives
 * back, so that a deadlock is reported by the run that hangs, too. Must not touch kernel memory.
 */
public interface LockObserver {
    /** Watches nothing. */
    LockObserver NONE =
            new LockObserver() {
                @Override
                public void acquire(
                        Task task, LockClass lock, int subclass, long address, How how) {}

                @Override
                public void release(Task task, LockClass lock, long address) {}

                @Override
                public void waitsForAllCpus(Task task) {}
            };

    /** How a lock is taken. */
    enum How {
        /** Exclusively, waiting if need be. */
        WRITE,
        /** Shared, waiting if need be. */
        READ,
        /** Without waiting, and it worked: cannot close a cycle. */
        TRY
    }

    /** The same at nesting level 0, as locks are taken that are not marked otherwise. */
    default void acquire(Task task, LockClass lock, long address, How how) {
        acquire(task, lock, 0, address, how);
    }

    /**
     * A task is about to wait for a lock, or has got it by trying; {@link HeldLocks} has it not.
     *
     * @param subclass the nesting level, 0 or {@link Machine#SINGLE_DEPTH_NESTING}
     */
    void acquire(Task task, LockClass lock, int subclass, long address, How how);

    /** A task is about to give a lock back. */
    void release(Task task, LockClass lock, long address);

    /** A task is about to send an IPI to every CPU and to wait for all. */
    void waitsForAllCpus(Task task);
}
