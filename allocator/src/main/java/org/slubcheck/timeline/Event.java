package org.slubcheck.timeline;

import org.slubcheck.verdict.Mark;

/**
 * A line of a time line before it is laid out.
 *
 * @param rank how much it matters: 0 always shown, 3 first to go
 * @param accesses how many accesses it stands for
 * @param mark what happened
 */
record Event(int rank, int accesses, Mark mark) {
    /** The number of the access, from 1; 0 for what is no access. */
    int step() {
        return mark.step();
    }

    /** The column. */
    int cpu() {
        return mark.cpu();
    }

    /** What happened, for people. */
    String text() {
        return mark.text();
    }
}
