package org.slubcheck.schedule;

/** A schedule file that cannot be read; the message is one line, with the line of the file. */
public final class ScheduleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    ScheduleException(int line, String message) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }
}
