package org.slubcheck.archfixtures.slub;

import org.slubcheck.archfixtures.catalogue.Upward.Top;

/** Breaks the direction: {@code slub} uses what rests on it. */
public final class Upward {
    /** The reference that must not be. */
    public final Top top = new Top();
}
