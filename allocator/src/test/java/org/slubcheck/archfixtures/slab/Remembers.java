package org.slubcheck.archfixtures.slab;

/** Keeps state that every fork would share. */
public final class Remembers {
    /** The state that must not be. */
    public static int count;

    private Remembers() {}
}
