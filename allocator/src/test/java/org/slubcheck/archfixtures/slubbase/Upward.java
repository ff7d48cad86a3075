package org.slubcheck.archfixtures.slubbase;

import org.slubcheck.archfixtures.catalogue.Upward.Top;

/** Breaks the direction: {@code slubbase} uses what rests on it. */
public final class Upward {
    /** The reference that must not be. */
    public final Top top = new Top();
}
