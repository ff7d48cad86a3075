package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Something that several tasks do to one state, and what must be true behind it.
 *
 * <p>Each run makes a state, lets each task run once in a thread of its own, and asks the oracle
 * when all have ended. Tasks must share nothing but the state. They may wait for each other with
 * monitors, locks and semaphores; under the model checker not with {@code LockSupport.park}, which
 * returns at once there. The same scenario always has the same tasks: what is drawn by chance
 * cannot be replayed.
 *
 * <p>Immutable; {@link #of} begins one, {@link Builder#oracle} ends it.
 *
 * @param <S> the state
 */
public final class Scenario<S> {
    /** Each is a thread; more than three make more interleavings than a bound can hold. */
    public static final int MOST_TASKS = 3;

    private final String name;
    private final Supplier<? extends S> state;
    private final List<Task<S>> tasks;
    private final List<Reach<S>> reaches;
    private final List<Spoiled<S>> spoiled;
    private final Function<? super S, ?> outcome;
    private final Body<? super S> oracle;

    /**
     * What a task or an oracle does.
     *
     * @param <S> the state
     */
    @FunctionalInterface
    public interface Body<S> {
        /**
         * Does it. A task that throws is a finding, whatever it throws; an oracle says what is wrong
         * with an {@link AssertionError}, and anything else that it throws is a fault of the oracle.
         */
        void run(S state) throws Exception;
    }

    /** A named task. */
    record Task<S>(String name, Body<? super S> body) {}

    /** Something that must be seen in at least one run. */
    record Reach<S>(String name, Predicate<? super S> seen) {}

    /** A way to spoil a state that the oracle must not accept. */
    record Spoiled<S>(String name, Consumer<? super S> by) {}

    private Scenario(Builder<S> made, Body<? super S> oracle) {
        this.name = made.name;
        this.state = made.state;
        this.tasks = List.copyOf(made.tasks);
        this.reaches = List.copyOf(made.reaches);
        this.spoiled = List.copyOf(made.spoiled);
        this.outcome = made.outcome;
        this.oracle = Objects.requireNonNull(oracle, "oracle");
        if (tasks.isEmpty() || tasks.size() > MOST_TASKS) {
            throw new IllegalArgumentException(
                    name + " has " + tasks.size() + " tasks, it may have 1 to " + MOST_TASKS);
        }
    }

    /**
     * Begins a scenario.
     *
     * @param name what verdicts call it
     * @param state makes the state of a run, alike each time
     */
    public static <S> Builder<S> of(String name, Supplier<? extends S> state) {
        return new Builder<>(name, state);
    }

    /** What verdicts call it. */
    public String name() {
        return name;
    }

    /** The names of its tasks, in order. */
    public List<String> taskNames() {
        return tasks.stream().map(Task::name).toList();
    }

    S newState() {
        return state.get();
    }

    List<Task<S>> tasks() {
        return tasks;
    }

    List<Reach<S>> reaches() {
        return reaches;
    }

    List<Spoiled<S>> spoiled() {
        return spoiled;
    }

    Function<? super S, ?> outcome() {
        return outcome;
    }

    Body<? super S> oracle() {
        return oracle;
    }

    /**
     * A scenario that has no oracle yet. Not for several threads.
     *
     * @param <S> the state
     */
    public static final class Builder<S> {
        private final String name;
        private final Supplier<? extends S> state;
        private final List<Task<S>> tasks = new ArrayList<>();
        private final List<Reach<S>> reaches = new ArrayList<>();
        private final List<Spoiled<S>> spoiled = new ArrayList<>();
        private Function<? super S, ?> outcome = s -> "as it must be";

        private Builder(String name, Supplier<? extends S> state) {
            this.name = Objects.requireNonNull(name, "name");
            this.state = Objects.requireNonNull(state, "state");
        }

        /**
         * Adds a task.
         *
         * @param task its name: the head of its column in a failing interleaving
         * @param body what it does, once a run
         */
        public Builder<S> task(String task, Body<? super S> body) {
            tasks.add(
                    new Task<>(
                            Objects.requireNonNull(task, "task"),
                            Objects.requireNonNull(body, "body")));
            return this;
        }

        /**
         * Demands that something is seen at the end of at least one run. A scenario that never gets
         * where it is meant to proves nothing: without it a clean verdict is NOT-RUN.
         *
         * @param what its name
         * @param seen asked when the tasks have ended, before the oracle
         */
        public Builder<S> reach(String what, Predicate<? super S> seen) {
            reaches.add(new Reach<>(what, Objects.requireNonNull(seen, "seen")));
            return this;
        }

        /**
         * Demands that the oracle rejects a state: one in which the tasks have run, one after the
         * other, and which is then spoiled. An oracle that accepts it is a FAULT; so are tasks that
         * wait for each other, which cannot run so.
         *
         * @param what its name
         * @param by spoils the state
         */
        public Builder<S> rejects(String what, Consumer<? super S> by) {
            spoiled.add(new Spoiled<>(what, Objects.requireNonNull(by, "by")));
            return this;
        }

        /**
         * Tells runs apart in the table of a stress verdict.
         *
         * @param by asked when the tasks have ended; few different answers
         */
        public Builder<S> outcome(Function<? super S, ?> by) {
            outcome = Objects.requireNonNull(by, "by");
            return this;
        }

        /**
         * Ends the scenario.
         *
         * @param oracle throws an {@link AssertionError} that says what is wrong
         */
        public Scenario<S> oracle(Body<? super S> oracle) {
            return new Scenario<>(this, oracle);
        }
    }
}
