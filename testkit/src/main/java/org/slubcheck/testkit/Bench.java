package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slubcheck.testkit.Scenario.Body;

/**
 * A scenario under a technique: makes states, counts, and asks the oracle. An observer: the model
 * checker does not look into it.
 */
final class Bench {
    private final Scenario<Object> scenario;
    private final Tally tally;
    private String fault = "";
    private String oracleFault = "";
    private boolean muted;

    @SuppressWarnings("unchecked") // a state only ever goes back to the scenario that made it
    Bench(Scenario<?> scenario) {
        this.scenario = (Scenario<Object>) scenario;
        this.tally = new Tally(scenario);
    }

    Scenario<Object> scenario() {
        return scenario;
    }

    Tally tally() {
        return tally;
    }

    /** What went wrong with the scenario itself; empty for nothing. */
    String fault() {
        return fault.isEmpty() ? oracleFault : fault;
    }

    /**
     * In the run that was judged last a task threw. That is the finding then: no oracle need know what
     * to make of a state that a task has left behind half done.
     */
    void forgiveOracle() {
        oracleFault = "";
    }

    /** From here on runs are neither counted nor judged, or are again. */
    void mute(boolean on) {
        muted = on;
    }

    boolean muted() {
        return muted;
    }

    /** A new state; null when it cannot be made, which is a fault. */
    Object start() {
        try {
            return scenario.newState();
        } catch (RuntimeException | Error e) {
            fault("the state cannot be made: " + e);
            return null;
        }
    }

    /** What a task does; it is counted as begun. */
    Body<? super Object> enter(int task) {
        if (!muted) {
            entered(task, 1);
        }
        return body(task);
    }

    /** A task was begun so many times. */
    void entered(int task, long times) {
        tally.entered(scenario.tasks().get(task).name(), times);
    }

    /** What a task does. */
    Body<? super Object> body(int task) {
        return scenario.tasks().get(task).body();
    }

    /**
     * The end of a run: what is wrong, a sentence each; empty for nothing.
     *
     * @param thrown what tasks threw
     */
    List<String> end(Object state, List<String> thrown) {
        List<String> wrong = new ArrayList<>(thrown);
        if (muted || !fault().isEmpty()) {
            return List.of();
        }
        tally.run();
        try {
            for (Scenario.Reach<Object> reach : scenario.reaches()) {
                if (reach.seen().test(state)) {
                    tally.reached(reach.name());
                }
            }
        } catch (RuntimeException e) {
            oracleFault("the question what was reached failed: " + e);
        }
        ask(state, wrong::add);
        if (!thrown.isEmpty()) {
            forgiveOracle();
        }
        tally.judged();
        return wrong;
    }

    private void ask(Object state, Consumer<String> says) {
        try {
            scenario.oracle().run(state);
        } catch (AssertionError e) {
            says.accept(sentence(e));
        } catch (Exception e) {
            oracleFault("the oracle failed: " + e);
        }
    }

    /**
     * How a run ended, for a table of outcomes.
     *
     * @param threw whether a task threw
     */
    String outcome(Object state, boolean threw) {
        try {
            return String.valueOf(scenario.outcome().apply(state));
        } catch (RuntimeException e) {
            if (!threw) {
                fault("the outcome cannot be told: " + e);
            }
            return threw ? "a task threw" : "";
        }
    }

    /** The classes in which tasks are written. */
    Set<Class<?>> classes() {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Scenario.Task<Object> task : scenario.tasks()) {
            all.add(codeOf(task.body().getClass()));
        }
        return all;
    }

    /** The class that has the code of a lambda; a class that is none has its own. */
    private static Class<?> codeOf(Class<?> type) {
        int lambda = type.getName().indexOf("$$Lambda");
        if (lambda < 0) {
            return type;
        }
        try {
            return Class.forName(type.getName().substring(0, lambda), false, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a lambda of no class", e);
        }
    }

    /** That a task threw something, as a sentence. */
    String threw(int task, Throwable thrown) {
        return thrown instanceof AssertionError
                ? scenario.tasks().get(task).name() + ": " + sentence(thrown)
                : scenario.tasks().get(task).name() + " threw " + thrown;
    }

    private static String sentence(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.toString() : message.strip();
    }

    void fault(String what) {
        if (fault.isEmpty()) {
            fault = what;
        }
    }

    private void oracleFault(String what) {
        if (oracleFault.isEmpty()) {
            oracleFault = what;
        }
    }

    /**
     * Runs the tasks one after the other and asks the oracle, which must reject what is spoiled. What a
     * task throws is a finding of the runs that are judged; here it is only in the way.
     *
     * @param stuckAfter looks without progress after which tasks are given up, a half second each
     */
    void proveOracle(int stuckAfter) {
        for (Scenario.Spoiled<Object> spoiled : scenario.spoiled()) {
            List<String> said = new ArrayList<>();
            try {
                Object state = scenario.newState();
                Turns turns = new Turns(this, state, stuckAfter);
                for (int task = 0; task < scenario.tasks().size(); task++) {
                    turns.take(task);
                }
                turns.run();
                spoiled.by().accept(state);
                ask(state, said::add);
            } catch (Exception e) {
                fault("the state cannot be spoiled: " + e);
            }
            if (said.isEmpty()) {
                fault("the oracle accepts: " + spoiled.name());
            }
        }
    }
}
