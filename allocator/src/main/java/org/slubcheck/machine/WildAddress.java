package org.slubcheck.machine;

/**
 * An access outside of memory, where a real machine faults. Bare memory throws it, for it has no
 * console to say so; checked memory reports an oops itself. {@link Machine#deathBy} turns it into
 * the oops that it is. Nothing else throws it, so it is never a fault of the suite.
 */
public final class WildAddress extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long address;

    WildAddress(long address) {
        super(String.format("an access to %016x, outside of memory", address), null, false, true);
        this.address = address;
    }

    /** The address that does not exist. */
    public long address() {
        return address;
    }
}
