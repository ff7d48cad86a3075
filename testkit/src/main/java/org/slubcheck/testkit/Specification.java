package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * A class and what it must do: its operations, each beside that of a model, which is so simple that
 * it is right. {@link PropertyCheck} calls both in any sequence and compares what they return;
 * {@link #concurrently} makes a {@link Scenario} in which several tasks call the class, and whose
 * oracle asks whether what they got is what some sequence would have given.
 *
 * <p>Results are compared by {@code equals}; of exceptions the type is compared. Immutable; {@link
 * #of} begins one, {@link Builder#build} ends it.
 *
 * @param <S> the subject
 * @param <M> the model
 */
public final class Specification<S, M> {
    private final String name;
    private final Supplier<? extends S> subject;
    private final Supplier<? extends M> model;
    private final List<Operation<S, M>> operations;
    private final List<Invariant<S, M>> invariants;

    private Specification(Builder<S, M> made) {
        name = made.name;
        subject = made.subject;
        model = made.model;
        operations = List.copyOf(made.operations);
        invariants = List.copyOf(made.invariants);
        if (operations.isEmpty()) {
            throw new IllegalArgumentException(name + " has no operation");
        }
    }

    /** An operation; without an argument its arbitrary is null. */
    record Operation<S, M>(
            String name,
            Arbitrary<?> argument,
            BiFunction<S, Object, ?> real,
            BiFunction<M, Object, ?> expected) {}

    /** Something that must hold behind each call. */
    record Invariant<S, M>(String name, BiPredicate<? super S, ? super M> holds) {}

    /**
     * An operation with its argument.
     *
     * @param <S> the subject
     * @param <M> the model
     */
    public static final class Call<S, M> {
        private final Operation<S, M> operation;
        private final Object argument;

        private Call(Operation<S, M> operation, Object argument) {
            this.operation = operation;
            this.argument = argument;
        }

        String operation() {
            return operation.name;
        }

        Object real(S subject) {
            return result(operation.real, subject, argument);
        }

        Object expected(M model) {
            return result(operation.expected, model, argument);
        }

        /** As it is printed: {@code offer(3)}. */
        @Override
        public String toString() {
            return operation.name + "(" + (operation.argument == null ? "" : argument) + ")";
        }
    }

    /** What a call that threw returns. */
    private record Threw(String type) {
        @Override
        public String toString() {
            return "throws " + type;
        }
    }

    private static <T> Object result(BiFunction<T, Object, ?> of, T on, Object argument) {
        try {
            return of.apply(on, argument);
        } catch (RuntimeException | AssertionError e) {
            return new Threw(e.getClass().getSimpleName());
        }
    }

    /**
     * Begins a specification.
     *
     * @param name what verdicts call it
     * @param subject makes what is tested
     * @param model makes what it is compared with
     */
    public static <S, M> Builder<S, M> of(
            String name, Supplier<? extends S> subject, Supplier<? extends M> model) {
        return new Builder<>(name, subject, model);
    }

    /** What verdicts call it. */
    public String name() {
        return name;
    }

    /**
     * A call of an operation that has no argument.
     *
     * @throws IllegalArgumentException if there is no such operation
     */
    public Call<S, M> call(String operation) {
        return call(operation, null);
    }

    /**
     * A call.
     *
     * @throws IllegalArgumentException if there is no such operation
     */
    public Call<S, M> call(String operation, Object argument) {
        return operations.stream()
                .filter(o -> o.name.equals(operation))
                .findFirst()
                .map(o -> new Call<>(o, argument))
                .orElseThrow(() -> new IllegalArgumentException(name + " has no " + operation));
    }

    /**
     * Begins a scenario in which several tasks call one subject.
     *
     * @param scenario what verdicts call it
     */
    public Concurrent<S, M> concurrently(String scenario) {
        return new Concurrent<>(this, scenario);
    }

    S newSubject() {
        return subject.get();
    }

    M newModel() {
        return model.get();
    }

    List<String> operationNames() {
        return operations.stream().map(Operation::name).toList();
    }

    List<Invariant<S, M>> invariants() {
        return invariants;
    }

    /** Any call; operations that stand first are what shrinking prefers. */
    Arbitrary<Call<S, M>> anyCall() {
        List<Arbitrary<Call<S, M>>> all = new ArrayList<>();
        for (Operation<S, M> operation : operations) {
            Arbitrary<?> argument =
                    operation.argument == null ? Arbitraries.just("") : operation.argument;
            all.add(argument.map(value -> new Call<>(operation, value)));
        }
        return Arbitraries.oneOf(all);
    }

    /**
     * A specification under way. Not for several threads.
     *
     * @param <S> the subject
     * @param <M> the model
     */
    public static final class Builder<S, M> {
        private final String name;
        private final Supplier<? extends S> subject;
        private final Supplier<? extends M> model;
        private final List<Operation<S, M>> operations = new ArrayList<>();
        private final List<Invariant<S, M>> invariants = new ArrayList<>();

        private Builder(String name, Supplier<? extends S> subject, Supplier<? extends M> model) {
            this.name = Objects.requireNonNull(name, "name");
            this.subject = Objects.requireNonNull(subject, "subject");
            this.model = Objects.requireNonNull(model, "model");
        }

        /**
         * Adds an operation without an argument.
         *
         * @param operation its name
         * @param real what the subject does, and returns
         * @param expected what the model does, and returns
         */
        public Builder<S, M> operation(
                String operation, Function<? super S, ?> real, Function<? super M, ?> expected) {
            operations.add(
                    new Operation<>(
                            operation,
                            null,
                            (s, none) -> real.apply(s),
                            (m, none) -> expected.apply(m)));
            return this;
        }

        /**
         * Adds an operation with an argument.
         *
         * @param operation its name
         * @param argument what arguments are drawn from; its values are not changed by anybody
         * @param real what the subject does, and returns
         * @param expected what the model does, and returns
         */
        @SuppressWarnings("unchecked") // an argument comes from its own arbitrary, or from call()
        public <A> Builder<S, M> operation(
                String operation,
                Arbitrary<A> argument,
                BiFunction<? super S, ? super A, ?> real,
                BiFunction<? super M, ? super A, ?> expected) {
            operations.add(
                    new Operation<>(
                            operation,
                            Objects.requireNonNull(argument, "argument"),
                            (s, value) -> real.apply(s, (A) value),
                            (m, value) -> expected.apply(m, (A) value)));
            return this;
        }

        /** Demands that something holds behind each call, beside equal results. */
        public Builder<S, M> invariant(String what, BiPredicate<? super S, ? super M> holds) {
            invariants.add(new Invariant<>(what, Objects.requireNonNull(holds, "holds")));
            return this;
        }

        /** Ends the specification. */
        public Specification<S, M> build() {
            return new Specification<>(this);
        }
    }
}
