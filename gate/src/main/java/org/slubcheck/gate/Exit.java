package org.slubcheck.gate;

/** The exit codes of every command. */
final class Exit {
    /** What was asked for came out. */
    static final int OK = 0;

    /** A verdict failed, a row differs, a replay has violations. */
    static final int FAILED = 1;

    /** Bad usage or bad input. */
    static final int USAGE = 2;

    /** A fault of a tool, of this program or of the machine that it runs on. */
    static final int FAULT = 3;

    /** A schedule that the code cannot follow any more. */
    static final int OFF_COURSE = 4;

    /** A machine whose verdicts prove nothing. */
    static final int UNTRUSTED = 5;

    private Exit() {}
}
