package org.slubcheck.machine;

/**
 * The kernel cannot go on: panic, BUG() or an oops. The console has the report by the time this is
 * thrown; locks and irq lines stay as they were, as on a real machine.
 */
public final class KernelDeath extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How the kernel died. */
    public enum Cause {
        /** panic(). */
        PANIC,
        /** BUG() or BUG_ON(). */
        BUG,
        /** An access that the hardware refused. */
        OOPS
    }

    private final Cause cause;

    KernelDeath(Cause cause, String message) {
        super(message, null, false, false);
        this.cause = cause;
    }

    /** How the kernel died. */
    public Cause how() {
        return cause;
    }
}
