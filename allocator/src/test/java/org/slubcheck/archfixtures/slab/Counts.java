package org.slubcheck.archfixtures.slab;

/** Keeps state where the model checker does not look. */
final class Counts {
    private int count;

    int next() {
        return ++count;
    }
}
