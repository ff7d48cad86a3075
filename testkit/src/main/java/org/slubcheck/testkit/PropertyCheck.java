package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.slubcheck.testkit.Judge.Conclusion;
import org.slubcheck.testkit.Judge.Evidence;
import org.slubcheck.testkit.Specification.Call;
import org.slubcheck.testkit.Specification.Invariant;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Calls a subject and its model in sequences that jqwik draws, in one thread, and compares what they
 * return. A sequence that fails is made small. The same seed draws the same sequences, so that a
 * verdict's seed replays it.
 *
 * <p>Immutable: each method that sets something gives a new one.
 */
public final class PropertyCheck {
    private static final int TRIES = 1_000;
    private static final int MOST_CALLS = 30;
    private static final long SEED = 1;
    private static final int MOST_SHRINKS = 5_000;

    private final int tries;
    private final int calls;
    private final long seed;
    private final Pattern symptom;
    private final int stuckAfter;
    private final Supplier<String> canaries;

    PropertyCheck(Supplier<String> canaries) {
        this(TRIES, MOST_CALLS, SEED, null, Rounds.STUCK, canaries);
    }

    private PropertyCheck(
            int tries,
            int calls,
            long seed,
            Pattern symptom,
            int stuckAfter,
            Supplier<String> canaries) {
        this.tries = tries;
        this.calls = calls;
        this.seed = seed;
        this.symptom = symptom;
        this.stuckAfter = stuckAfter;
        this.canaries = canaries;
    }

    /** Draws so many sequences, 1000 if nothing is said, unless one fails before. */
    public PropertyCheck tries(int count) {
        Check.atLeast(1, count, "tries");
        return new PropertyCheck(count, calls, seed, symptom, stuckAfter, canaries);
    }

    /** Sequences have at most so many calls, 30 if nothing is said. */
    public PropertyCheck calls(int most) {
        Check.atLeast(1, most, "calls");
        return new PropertyCheck(tries, most, seed, symptom, stuckAfter, canaries);
    }

    /** What sequences are drawn from; 1 if nothing is said. */
    public PropertyCheck seed(long drawnFrom) {
        return new PropertyCheck(tries, calls, drawnFrom, symptom, stuckAfter, canaries);
    }

    /** The subject is known to be wrong: only what this matches is FOUND, and that must come out. */
    public PropertyCheck symptom(String regex) {
        return new PropertyCheck(tries, calls, seed, Pattern.compile(regex), stuckAfter, canaries);
    }

    /** Gives the tasks of a scenario up after so many half seconds without any progress. */
    PropertyCheck stuckAfter(int looks) {
        return new PropertyCheck(tries, calls, seed, symptom, looks, canaries);
    }

    /**
     * Draws what a verdict was given on, again.
     *
     * @throws IllegalArgumentException if the verdict is of another technique
     */
    public PropertyCheck replay(Verdict found) {
        if (found.technique() != Technique.PROPERTY || found.seed().isEmpty()) {
            throw new IllegalArgumentException("a verdict of no seed");
        }
        return seed(Long.parseLong(found.seed()));
    }

    /** Checks a specification with drawn sequences. */
    public <S, M> Verdict run(Specification<S, M> of) {
        long begin = System.nanoTime();
        Tally tally = new Tally(of.operationNames());
        List<Told> failed = new ArrayList<>();
        JqwikSession.run(() -> draw(of, tally, failed));
        return verdict(of.name(), tally, failed, Cases.DRAWN, begin);
    }

    /** Checks one sequence, of one call at least: a shrunk case as a regression test. */
    public <S, M> Verdict run(Specification<S, M> of, List<Call<S, M>> sequence) {
        Check.atLeast(1, sequence.size(), "calls");
        long begin = System.nanoTime();
        Tally tally = new Tally(sequence.stream().map(Call::operation).toList());
        Told told = check(of, sequence, tally);
        return verdict(
                of.name(),
                tally,
                told.wrong.isEmpty() ? List.of() : List.of(told),
                Cases.ONE,
                begin);
    }

    /**
     * Runs the tasks of a scenario one after the other, in every order there is. An oracle that
     * says no to one of these is wrong, or the subject is without any concurrency. A task that waits
     * for another has no such order: it is given up after 30 s without progress, which is a FAULT.
     */
    public Verdict run(Scenario<?> scenario) {
        long begin = System.nanoTime();
        Bench bench = new Bench(scenario);
        bench.proveOracle(stuckAfter);
        List<Told> failed = new ArrayList<>();
        orders(bench, new ArrayList<>(), failed);
        if (!bench.fault().isEmpty()) {
            failed.add(0, new Told("", bench.fault(), List.of()));
        }
        return verdict(scenario.name(), bench.tally(), failed, Cases.ALL, begin);
    }

    /** Which cases were run: some that were drawn, one that was given, every one there is. */
    private enum Cases {
        DRAWN(" tries"),
        ONE(" sequence"),
        ALL(" tries, every one there is");

        private final String text;

        Cases(String text) {
            this.text = text;
        }
    }

    /** How a sequence went: what is wrong, what is wrong with the check, and the calls in lines. */
    private record Told(String wrong, String fault, List<String> story) {}

    private <S, M> void draw(Specification<S, M> of, Tally tally, List<Told> failed) {
        RandomGenerator<List<Call<S, M>>> generator =
                of.anyCall().list().ofMinSize(1).ofMaxSize(calls).generator(tries);
        Random random = new Random(seed);
        for (int i = 0; i < tries; i++) {
            Shrinkable<List<Call<S, M>>> drawn = generator.next(random);
            Told told = check(of, drawn.value(), tally);
            if (!told.wrong.isEmpty() || !told.fault.isEmpty()) {
                failed.add(shrink(of, drawn, told));
                return;
            }
        }
    }

    /**
     * The first smaller sequence that fails in the same way, again and again, until there is none. What
     * was looked for stays that, what was not does not become it, and the specification's own fault
     * is left as it was drawn.
     */
    private <S, M> Told shrink(
            Specification<S, M> of, Shrinkable<List<Call<S, M>>> failing, Told first) {
        Told smallest = first;
        Iterator<Shrinkable<List<Call<S, M>>>> candidates = failing.shrink().iterator();
        for (int i = 0; i < MOST_SHRINKS && candidates.hasNext(); i++) {
            Shrinkable<List<Call<S, M>>> candidate = candidates.next();
            Told told = check(of, candidate.value(), new Tally(List.of()));
            if (first.fault.isEmpty()
                    && !told.wrong.isEmpty()
                    && looksLike(told) == looksLike(first)) {
                smallest = told;
                candidates = candidate.shrink().iterator();
            }
        }
        return smallest;
    }

    private boolean looksLike(Told told) {
        return symptom == null || symptom.matcher(told.wrong).find();
    }

    private static <S, M> Told check(
            Specification<S, M> of, List<Call<S, M>> sequence, Tally tally) {
        List<String> story = new ArrayList<>();
        String wrong = "";
        tally.run();
        try {
            S subject = of.newSubject();
            M model = of.newModel();
            for (Call<S, M> call : sequence) {
                tally.entered(call.operation(), 1);
                Object got = call.real(subject);
                Object expected = call.expected(model);
                story.add(call + " = " + got);
                if (!Objects.equals(got, expected)) {
                    wrong = call + " gave " + got + ", must be " + expected;
                    break;
                }
                wrong = broken(of, subject, model, call);
                if (!wrong.isEmpty()) {
                    break;
                }
            }
            tally.judged();
        } catch (RuntimeException e) {
            return new Told("", "the specification failed: " + e, story);
        }
        return new Told(wrong, "", story);
    }

    private static <S, M> String broken(
            Specification<S, M> of, S subject, M model, Call<S, M> call) {
        for (Invariant<S, M> invariant : of.invariants()) {
            if (!invariant.holds().test(subject, model)) {
                return "behind " + call + " it is not so that " + invariant.name();
            }
        }
        return "";
    }

    private void orders(Bench bench, List<Integer> order, List<Told> failed) {
        int tasks = bench.scenario().tasks().size();
        if (!failed.isEmpty() || !bench.fault().isEmpty()) {
            return;
        }
        if (order.size() == tasks) {
            Told told = inOrder(bench, order);
            if (!told.wrong.isEmpty()) {
                failed.add(told);
            }
            return;
        }
        for (int task = 0; task < tasks; task++) {
            if (!order.contains(task)) {
                order.add(task);
                orders(bench, order, failed);
                order.remove(order.size() - 1);
            }
        }
    }

    private Told inOrder(Bench bench, List<Integer> order) {
        Object state = bench.start();
        List<String> story = new ArrayList<>();
        Turns turns = new Turns(bench, state, stuckAfter);
        for (int task : order) {
            story.add(bench.scenario().tasks().get(task).name());
            bench.entered(task, 1);
            turns.take(task);
        }
        List<String> thrown = turns.run();
        return new Told(String.join("\n", bench.end(state, thrown)), "", story);
    }

    private Verdict verdict(String name, Tally tally, List<Told> failed, Cases cases, long begin) {
        Told told = failed.isEmpty() ? new Told("", "", List.of()) : failed.get(0);
        Evidence evidence =
                new Evidence(
                        tally,
                        told.fault,
                        told.wrong,
                        symptom,
                        cases == Cases.DRAWN ? tries : 1,
                        cases == Cases.ALL,
                        "",
                        "",
                        tally.runs() + cases.text);
        Conclusion c = Judge.conclude(evidence, canaries);
        List<String> lines = new ArrayList<>(told.story);
        told.wrong.lines().forEach(line -> lines.add("=> " + line));
        return Check.verdict(name, symptom != null, Technique.PROPERTY, c, tally, begin)
                .runs(tally.runs())
                .seed(cases == Cases.DRAWN ? Long.toString(seed) : "")
                .told(failed.isEmpty() ? List.of() : lines);
    }
}
