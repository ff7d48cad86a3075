package org.slubcheck.trace;

/**
 * The machine of a replay cannot go on, or refuses what the trace needs: a finding. Any other
 * exception out of a {@link ReplayTarget} is a fault of the suite.
 */
public final class MachineDied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message is what the machine said, fit for a user. */
    public MachineDied(String message, RuntimeException cause) {
        super(message, cause);
    }
}
