package org.slubcheck.schedule;

/**
 * An access of a task, named so that the name outlives edits elsewhere: no address, no line number.
 *
 * @param operation how memory is touched, in the kernel's words, for example {@code READ_ONCE}
 * @param word the word, as time lines name it
 * @param function the innermost function of kernel code that does it, or {@code step NAME} in the
 *     code that a defect replaces
 * @param nth the how-manyth access of its task that the first three fit, from 1; 0 for none in
 *     particular
 */
record Point(String operation, String word, String function, int nth) {
    /** The same without a number: any access like this one. */
    Point kind() {
        return number(0);
    }

    /** The same with a number. */
    Point number(int other) {
        return new Point(operation, word, function, other);
    }

    /** As it stands in a file. */
    @Override
    public String toString() {
        return operation + " of \"" + word + "\" in " + function + " #" + nth;
    }
}
