package org.slubcheck.crash;

import java.io.IOException;

/** A file is no dump that this program can read; the message says why, in one line. */
public final class DumpException extends IOException {
    private static final long serialVersionUID = 1L;

    DumpException(String message) {
        super(message);
    }
}
