package org.slubcheck.properties;

import org.slubcheck.kernel.KernelConfig;

/** A machine as it is drawn: equal ones boot alike, and its text is the first line of a story. */
interface Bootable {
    /** The kernel. */
    KernelConfig config();
}
