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
        OOPS,
        /** A CPU that makes no progress: a loop without end, or a wait that nobody can end. */
        LOCKUP
    }

    private final Cause cause;

    KernelDeath(Cause cause, String message) {
        super(message, null, false, false);
        this.cause = cause;
    }

    /** An access that the hardware refused: reported, to be thrown. */
    static KernelDeath oops(Console console, long address, String what) {
        String text =
                (address >= 0 && address < MemoryMap.NULL_PAGE
                                ? "BUG: unable to handle kernel NULL pointer dereference at "
                                : "BUG: unable to handle kernel paging request at ")
                        + String.format("%016x", address)
                        + "\nIP: "
                        + what;
        console.report(Console.Level.ALERT, text);
        return new KernelDeath(Cause.OOPS, text);
    }

    /** A CPU that makes no progress: reported, to be thrown. */
    static KernelDeath lockup(Console console, String text) {
        console.report(Console.Level.EMERG, text);
        return new KernelDeath(Cause.LOCKUP, text);
    }

    /** How the kernel died. */
    public Cause how() {
        return cause;
    }
}
