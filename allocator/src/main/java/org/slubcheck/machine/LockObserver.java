package org.slubcheck.machine;

/**
 * Watches locks and irq state; lockdep is one. Called by the task that acts, after the fact for
 * an acquisition and before it for a release. Must not touch kernel memory.
 */
public interface LockObserver {
    /** Watches nothing. */
    LockObserver NONE =
            new LockObserver() {
                @Override
                public void acquired(Task task, LockClass lock, long address, How how) {}

                @Override
                public void released(Task task, LockClass lock, long address) {}
            };

    /** How a lock was taken. */
    enum How {
        /** Exclusively, after waiting. */
        WRITE,
        /** Shared, after waiting. */
        READ,
        /** Without waiting: cannot close a cycle. */
        TRY
    }

    /** A task took a lock; it is already on the task's {@link HeldLocks}. */
    void acquired(Task task, LockClass lock, long address, How how);

    /** A task is about to give a lock back. */
    void released(Task task, LockClass lock, long address);
}
