package org.slubcheck.timeline;

/**
 * A line of a time line before it is laid out.
 *
 * @param step the number of the access, from 1; 0 for what is no access
 * @param cpu the column
 * @param rank how much it matters: 0 always shown, 3 first to go
 * @param accesses how many accesses it stands for
 * @param text what happened
 */
record Event(int step, int cpu, int rank, int accesses, String text) {}
