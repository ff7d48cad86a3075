package org.slubcheck.trace;

import java.nio.file.Path;

/** A trace that cannot be read; the message is one line fit for a user. */
public final class TraceFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long line;

    private TraceFormatException(String message, long line, Throwable cause) {
        super(message, cause);
        this.line = line;
    }

    /** The file as a whole is at fault. */
    static TraceFormatException ofFile(Path file, String what, Throwable cause) {
        return new TraceFormatException(file + ": " + what, 0, cause);
    }

    /** A line is at fault. */
    static TraceFormatException ofLine(Path file, long line, String what) {
        return new TraceFormatException(file + ": line " + line + ": " + what, line, null);
    }

    /** The number of the line, from 1; 0 when the file as a whole is at fault. */
    public long line() {
        return line;
    }
}
