package org.slubcheck.archfixtures.catalogue;

/** Breaks the direction: the catalogue uses the traces, a branch beside it. */
public final class Upward {
    /** The reference that must not be. */
    public final org.slubcheck.archfixtures.trace.Upward trace =
            new org.slubcheck.archfixtures.trace.Upward();

    /** What the packages below must not know. */
    public static final class Top {}
}
