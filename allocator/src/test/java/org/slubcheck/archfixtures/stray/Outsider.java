package org.slubcheck.archfixtures.stray;

/** Lives in a package that has no place in the order. */
public final class Outsider {}
