package org.slubcheck.archfixtures.slubq;

import org.slubcheck.archfixtures.catalogue.Upward.Top;

/** Breaks the direction: {@code slubq} uses what rests on it. */
public final class Upward {
    /** The reference that must not be. */
    public final Top top = new Top();
}
