package org.slubcheck.slubq;

import java.util.function.BooleanSupplier;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of code that looks at what others change meanwhile, which were once wrong. */
public final class LookSteps {
    /** What a sysfs file shows of a queue that has been counted. */
    @FunctionalInterface
    public interface Shown {
        /** The objects to be shown; slub_lock is held, and the queue goes on changing. */
        int objects(Slubq k, long q, int counted);
    }

    /** What keeps those off who check a whole slab while the debug bytes of an object change. */
    @FunctionalInterface
    public interface DebugLock {
        /** Runs the change and returns what it returned; irqs are off. */
        boolean under(Slubq k, Task t, long page, BooleanSupplier change);
    }

    /**
     * Right code shows what it has counted: another look would see another number, and the file would
     * contradict itself. Replaced by U10.
     */
    public static final Step<Shown> SHOWN =
            new Step<>(
                    "slubq.sysfs.shown",
                    (k, q, counted) -> counted,
                    (code, reached) ->
                            (k, q, counted) -> {
                                reached.run();
                                return code.objects(k, q, counted);
                            });

    /**
     * Right code holds the slab's lock, which validate_slab takes as well. Replaced by U11.
     */
    public static final Step<DebugLock> DEBUG_LOCK =
            new Step<>(
                    "slubq.debug.lock",
                    ObjectDebug::locked,
                    (code, reached) ->
                            (k, t, page, change) -> {
                                reached.run();
                                return code.under(k, t, page, change);
                            });

    private LookSteps() {}
}
