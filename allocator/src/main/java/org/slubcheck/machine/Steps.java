package org.slubcheck.machine;

import java.util.HashMap;
import java.util.Map;

/**
 * Which code a kernel runs at each {@link Step}: the mainline unless replaced. Immutable; engines
 * look their steps up once, when they are made.
 */
public final class Steps {
    private static final Steps MAINLINE = new Steps(Map.of(), Map.of());

    private final Map<Step<?>, Object> replaced;
    private final Map<Step<?>, Runnable> watchers;

    private Steps(Map<Step<?>, Object> replaced, Map<Step<?>, Runnable> watchers) {
        this.replaced = replaced;
        this.watchers = watchers;
    }

    /** The fixed kernel. */
    public static Steps mainline() {
        return MAINLINE;
    }

    /** The same with one step replaced; a step is replaced at most once. */
    public <F> Steps with(Step<F> step, F code) {
        Map<Step<?>, Object> next = new HashMap<>(replaced);
        if (next.put(step, code) != null) {
            throw new IllegalArgumentException("two defects replace " + step.name());
        }
        return new Steps(Map.copyOf(next), watchers);
    }

    /** The same with a signal given each time the step is reached, whatever code stands there. */
    public Steps watching(Step<?> step, Runnable reached) {
        Map<Step<?>, Runnable> next = new HashMap<>(watchers);
        next.put(step, reached);
        return new Steps(replaced, Map.copyOf(next));
    }

    /** The code of a step. */
    @SuppressWarnings("unchecked") // with() ties the type of the code to that of the step
    public <F> F get(Step<F> step) {
        F code = (F) replaced.getOrDefault(step, step.mainline());
        Runnable reached = watchers.get(step);
        return reached == null ? code : step.watch(code, reached);
    }
}
