package org.slubcheck.machine;

import java.util.function.BiFunction;

/**
 * A named step of an engine: one decision that the kernel's authors once got wrong.
 *
 * <p>The mainline is the fixed code. A defect replaces it with the reported wrong code; nothing
 * else of the engine changes and nothing in the engine asks which of the two it is running.
 *
 * @param <F> the functional interface of the step
 */
public final class Step<F> {
    private final String name;
    private final F mainline;
    private final BiFunction<F, Runnable, F> watched;

    /**
     * @param name where it stands, for example {@code slubq.refill.reload}
     * @param mainline the fixed code
     * @param watched makes, of an implementation and a signal, one that signals and then does the
     *     same; it is how a scenario proves that it reached its step
     */
    public Step(String name, F mainline, BiFunction<F, Runnable, F> watched) {
        this.name = name;
        this.mainline = mainline;
        this.watched = watched;
    }

    /** Where the step stands. */
    public String name() {
        return name;
    }

    /** The fixed code. */
    public F mainline() {
        return mainline;
    }

    F watch(F code, Runnable reached) {
        return watched.apply(code, reached);
    }

    @Override
    public String toString() {
        return name;
    }
}
