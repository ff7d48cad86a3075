package org.slubcheck.gate;

/**
 * Something that went wrong in a part's program and is no verdict: an exit code, a kill, a line that
 * nobody can read.
 *
 * @param part whose program
 * @param what one line
 */
record Mishap(Part part, String what) {}
