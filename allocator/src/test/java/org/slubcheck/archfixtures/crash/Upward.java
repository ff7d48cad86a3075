package org.slubcheck.archfixtures.crash;

import org.slubcheck.archfixtures.catalogue.Upward.Top;

/** Breaks the direction: {@code crash} uses what rests on it. */
public final class Upward {
    /** The reference that must not be. */
    public final Top top = new Top();
}
