package org.slubcheck.layout;

/** A table or a directory that cannot be read as caches; the message is one line fit for a user. */
public final class LayoutException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong, with the place and the line number where there is one. */
    public LayoutException(String message) {
        super(message);
    }

    /** As above, with what was thrown below. */
    public LayoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
