package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of sysfs files that were once wrong. */
public final class AttributeSteps {
    /** A write to sanity_checks, trace, red_zone, poison or store_user. */
    @FunctionalInterface
    public interface DebugFlag {
        /** Irqs are on, no lock is held; 0 or a negative errno. */
        int store(Slab k, Task t, long s, long flag, boolean on);
    }

    /**
     * Right code refuses: whether an object has room for what debugging writes beside it, and
     * whether that was written, was decided when its slab was made (the files are read-only since
     * 5.9). Replaced by Q20.
     */
    public static final Step<DebugFlag> DEBUG_FLAG =
            new Step<>(
                    "slab.sysfs.debug_flag",
                    (k, t, s, flag, on) -> Errno.EIO,
                    (code, reached) ->
                            (k, t, s, flag, on) -> {
                                reached.run();
                                return code.store(k, t, s, flag, on);
                            });

    private AttributeSteps() {}
}
