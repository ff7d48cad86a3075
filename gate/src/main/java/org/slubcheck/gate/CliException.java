package org.slubcheck.gate;

/** Something to be said in one line on stderr, and the exit code that goes with it. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    CliException(int exit, String message) {
        super(message, null, false, false);
        this.exit = exit;
    }

    /** Bad input: exit 2. */
    static CliException usage(String message) {
        return new CliException(Exit.USAGE, message);
    }

    int exit() {
        return exit;
    }
}
