package org.slubcheck.schedule;

/** A run that cannot follow its schedule any further. */
final class OffCourse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    OffCourse(int line, String message) {
        super(message, null, false, false);
        this.line = line;
    }

    /** The line of the file that cannot be followed. */
    int line() {
        return line;
    }
}
