package org.slubcheck.archfixtures.slab;

import java.time.Instant;

/** Reads the date. */
public final class ReadsDate {
    /** The time, which nothing here may know. */
    public Instant now() {
        return Instant.now();
    }
}
