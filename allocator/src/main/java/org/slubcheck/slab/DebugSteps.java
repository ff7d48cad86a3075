package org.slubcheck.slab;

import org.slubcheck.machine.Step;

/** Steps of object debugging that were once wrong, as far as they are not an engine's. */
public final class DebugSteps {
    /** What slub_debug gives a kmalloc cache. */
    @FunctionalInterface
    public interface KmallocFlags {
        /** Debug flags, by the name that the cache has now, or by the one that it is to get. */
        long flags(Slab k, String name, int size);
    }

    /**
     * Right code goes by the name that the cache is going to have: until the state is UP all are
     * called "kmalloc", as kasprintf does not work yet. Replaced by B17.
     */
    public static final Step<KmallocFlags> KMALLOC_FLAGS =
            new Step<>(
                    "slab.debug.kmalloc_flags",
                    (k, name, size) -> k.config().debug().flags(Slab.kmallocName(name, size)),
                    (code, reached) ->
                            (k, name, size) -> {
                                reached.run();
                                return code.flags(k, name, size);
                            });

    private DebugSteps() {}
}
