package org.slubcheck.slubbase;

import org.slubcheck.machine.Step;

/** The steps of the hooks for memory checkers that were once wrong. */
public final class HookSteps {
    /** Which flags of a request the hook before an allocation goes by. */
    @FunctionalInterface
    public interface Mask {
        /** The flags that count, of those asked for and those that are allowed now. */
        int flags(int gfp, int allowed);
    }

    /**
     * Right code takes gfp_allowed_mask into account for itself, as the allocation that it runs before
     * does not any more (S+Q3 12/23, 13/23). Irqs as the caller has them. Replaced by Q18.
     */
    public static final Step<Mask> MASK =
            new Step<>(
                    "slubbase.hooks.mask",
                    (gfp, allowed) -> gfp & allowed,
                    (code, reached) ->
                            (gfp, allowed) -> {
                                reached.run();
                                return code.flags(gfp, allowed);
                            });

    private HookSteps() {}
}
