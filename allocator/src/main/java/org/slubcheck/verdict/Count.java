package org.slubcheck.verdict;

/**
 * How many of a verdict's runs were of one kind.
 *
 * @param what the kind: an outcome of a stress test; the number of decisions of an interleaving
 * @param runs how many
 * @param meaning the kind in words
 */
public record Count(String what, long runs, String meaning) {}
