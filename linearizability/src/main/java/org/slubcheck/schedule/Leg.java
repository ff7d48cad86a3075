package org.slubcheck.schedule;

/**
 * From one switch to the next: one task runs.
 *
 * @param line where it stands in the file, from 1; 0 for one that was never in a file
 * @param task the task
 * @param end what ends it
 * @param point for {@link End#BEFORE} the access that the task has yet to make, otherwise null
 * @param word for {@link End#WAITS} the word that the task waits for, otherwise null
 */
record Leg(int line, int task, End end, Point point, String word) {
    /** What ends a leg. */
    enum End {
        /** A preemption: the task could go on. */
        BEFORE,
        /** The task waits. */
        WAITS,
        /** The task is over. */
        DONE
    }

    /** As it stands in a file. */
    @Override
    public String toString() {
        return "run "
                + task
                + switch (end) {
                    case BEFORE -> " until " + point;
                    case WAITS -> " until it waits for \"" + word + '"';
                    case DONE -> " until it is done";
                };
    }
}
