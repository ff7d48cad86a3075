package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.testkit.Specification.Call;

/**
 * A scenario made of calls: each task calls the subject, and what all of them got must be what the
 * calls give in some order that keeps each task's own. That is sequential consistency;
 * linearizability also keeps the order of calls of different tasks that do not overlap.
 *
 * <p>All orders are tried on the model beforehand, so few calls in all. Not for several threads.
 *
 * @param <S> the subject
 * @param <M> the model
 */
public final class Concurrent<S, M> {
    /** Three tasks of two calls each have 90 orders, three of three 1680. */
    private static final int MOST_ORDERS = 20_000;

    private final Specification<S, M> of;
    private final String name;
    private final List<String> tasks = new ArrayList<>();
    private final List<List<Call<S, M>>> calls = new ArrayList<>();
    private List<Call<S, M>> after = List.of();

    Concurrent(Specification<S, M> of, String name) {
        this.of = of;
        this.name = name;
    }

    /** Adds a task. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final Concurrent<S, M> task(String task, Call<S, M>... does) {
        tasks.add(task);
        calls.add(List.of(does));
        return this;
    }

    /** Calls made when all tasks have ended, which show what they left behind. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final Concurrent<S, M> after(Call<S, M>... does) {
        after = List.of(does);
        return this;
    }

    /**
     * The scenario.
     *
     * @throws IllegalArgumentException if there are too many orders of the calls, or no task
     */
    public Scenario<?> scenario() {
        Set<List<List<Object>>> allowed = new HashSet<>();
        walk(new ArrayList<>(), new int[calls.size()], allowed, new int[1]);
        Scenario.Builder<Shared<S, M>> made =
                Scenario.of(name, () -> new Shared<>(of.newSubject(), calls));
        for (int i = 0; i < calls.size(); i++) {
            int task = i;
            List<String> does = calls.get(i).stream().map(Call::toString).toList();
            made.task(tasks.get(i) + ": " + String.join(", ", does), shared -> shared.run(task));
        }
        return made.outcome(shared -> told(shared.notes.results))
                .oracle(shared -> judge(shared, allowed));
    }

    /** A subject and what each task got from it. */
    private static final class Shared<S, M> {
        private final S subject;
        private final Notes<S, M> notes;

        Shared(S subject, List<List<Call<S, M>>> calls) {
            this.subject = subject;
            this.notes = new Notes<>(calls);
        }

        void run(int task) {
            Call<S, M> call = notes.next(task);
            while (call != null) {
                notes.add(task, call.real(subject));
                call = notes.next(task);
            }
        }
    }

    /** What to call and what it gave, for each task its own. An observer. */
    static final class Notes<S, M> {
        private final List<List<Call<S, M>>> calls;
        private final List<List<Object>> results = new ArrayList<>();

        Notes(List<List<Call<S, M>>> calls) {
            this.calls = calls;
            calls.forEach(task -> results.add(new ArrayList<>(task.size())));
        }

        Call<S, M> next(int task) {
            int done = results.get(task).size();
            List<Call<S, M>> own = calls.get(task);
            return done < own.size() ? own.get(done) : null;
        }

        void add(int task, Object result) {
            results.get(task).add(result);
        }
    }

    private void judge(Shared<S, M> shared, Set<List<List<Object>>> allowed) {
        List<List<Object>> got = new ArrayList<>(shared.notes.results);
        List<Object> behind = new ArrayList<>();
        after.forEach(call -> behind.add(call.real(shared.subject)));
        got.add(behind);
        if (!allowed.contains(got)) {
            throw new AssertionError("no order of the calls gives this: " + told(got));
        }
    }

    private String told(List<List<Object>> got) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < got.size(); i++) {
            boolean end = i == calls.size();
            List<Call<S, M>> made = end ? after : calls.get(i);
            List<String> each = new ArrayList<>();
            for (int j = 0; j < got.get(i).size(); j++) {
                each.add(made.get(j) + "=" + got.get(i).get(j));
            }
            if (!each.isEmpty()) {
                parts.add((end ? "then" : tasks.get(i)) + " " + String.join(" ", each));
            }
        }
        return String.join("; ", parts);
    }

    /** Tries every order on a model of its own. */
    private void walk(
            List<Integer> order, int[] done, Set<List<List<Object>>> allowed, int[] orders) {
        boolean end = true;
        for (int i = 0; i < done.length; i++) {
            if (done[i] < calls.get(i).size()) {
                end = false;
                done[i]++;
                order.add(i);
                walk(order, done, allowed, orders);
                order.remove(order.size() - 1);
                done[i]--;
            }
        }
        if (end) {
            if (++orders[0] > MOST_ORDERS) {
                throw new IllegalArgumentException(
                        name + " has more than " + MOST_ORDERS + " orders of its calls");
            }
            allowed.add(expected(order));
        }
    }

    private List<List<Object>> expected(List<Integer> order) {
        M model = of.newModel();
        List<List<Object>> results = new ArrayList<>();
        for (int i = 0; i <= calls.size(); i++) {
            results.add(new ArrayList<>());
        }
        for (int task : order) {
            List<Object> own = results.get(task);
            own.add(calls.get(task).get(own.size()).expected(model));
        }
        after.forEach(call -> results.get(calls.size()).add(call.expected(model)));
        return results;
    }
}
