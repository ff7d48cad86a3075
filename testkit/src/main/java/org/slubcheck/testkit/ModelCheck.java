package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jetbrains.kotlinx.lincheck.strategy.IncorrectResultsFailure;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedDeadlockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedLivelockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ValidationFailure;
import org.slubcheck.testkit.Judge.Conclusion;
import org.slubcheck.testkit.Judge.Evidence;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Runs a scenario through the interleavings up to a number of preemptions, by Lincheck. A switch that a
 * wait forces counts, too: of two tasks it is every one in which at most one wait forces a switch.
 * Deterministic: the same scenario and code give the same verdict.
 *
 * <p>It explores sequentially consistent interleavings: a missing memory barrier does not show, a
 * stress run is for that. It sees accesses to fields, arrays, VarHandles, Unsafe, atomics, monitors
 * and {@code java.util.concurrent} locks, and not those behind {@code java.nio} buffers or native
 * code. Where it sees none that tasks share, the verdict is TOOL-BLIND; where it sees some and not
 * others, it cannot know.
 *
 * <p>Immutable: each method that sets something gives a new one. One check runs at a time in a JVM;
 * others wait.
 */
public final class ModelCheck {
    private static final int INTERLEAVINGS = 50_000;
    private static final int PREEMPTIONS = 2;

    private final int interleavings;
    private final int preemptions;
    private final Pattern symptom;
    private final Schedule replayed;
    private final Supplier<String> canaries;

    ModelCheck(Supplier<String> canaries) {
        this(INTERLEAVINGS, PREEMPTIONS, null, null, canaries);
    }

    private ModelCheck(
            int interleavings,
            int preemptions,
            Pattern symptom,
            Schedule replayed,
            Supplier<String> canaries) {
        this.interleavings = interleavings;
        this.preemptions = preemptions;
        this.symptom = symptom;
        this.replayed = replayed;
        this.canaries = canaries;
    }

    /**
     * Explores until so many preemptions are completed, 2 if nothing is said. Each more costs about
     * as many times the interleavings as a task has accesses.
     */
    public ModelCheck preemptions(int complete) {
        Check.atLeast(0, complete, "preemptions");
        return new ModelCheck(interleavings, complete, symptom, replayed, canaries);
    }

    /**
     * Explores at most so many interleavings, 50 000 if nothing is said. When that ends the
     * exploration before the preemptions are completed, the verdict is BOUND-HIT.
     */
    public ModelCheck interleavings(int most) {
        Check.atLeast(1, most, "interleavings");
        return new ModelCheck(most, preemptions, symptom, replayed, canaries);
    }

    /** The subject is known to be wrong: only what this matches is FOUND, and that must come out. */
    public ModelCheck symptom(String regex) {
        return new ModelCheck(
                interleavings, preemptions, Pattern.compile(regex), replayed, canaries);
    }

    /**
     * Runs the one interleaving that a verdict was FOUND with, and no other. On the code that failed
     * it fails again in the same steps; on repaired code it says whether the repair survives it,
     * which is no proof that others do, so the verdict is NOT-RUN then.
     *
     * @throws IllegalArgumentException if the verdict has no interleaving
     */
    public ModelCheck replay(Verdict found) {
        if (found.technique() != Technique.MODEL || found.seed().isEmpty()) {
            throw new IllegalArgumentException("a " + found.outcome().label() + " of no schedule");
        }
        return replay(found.seed());
    }

    /**
     * The same from a verdict's seed: {@code 0>1,7>0} lets task 1 begin, and at the seventh place
     * where a switch is possible task 0 go on.
     *
     * @throws IllegalArgumentException if that is no interleaving
     */
    public ModelCheck replay(String seed) {
        return new ModelCheck(interleavings, preemptions, symptom, Schedule.of(seed), canaries);
    }

    /** Checks a scenario. */
    public Verdict run(Scenario<?> scenario) {
        long begin = System.nanoTime();
        Bench bench = new Bench(scenario);
        bench.proveOracle(Rounds.STUCK);
        int tasks = scenario.tasks().size();
        if (!bench.fault().isEmpty()) {
            Conclusion c = Judge.conclude(evidence(bench, "", false, "", "", ""), canaries);
            return verdict(bench, c, 0, -1, begin);
        }
        Exploration.Result result =
                Exploration.run(bench, interleavings, preemptions + tasks, replayed);
        Course course = result.course();
        long runs = course.byDepth().values().stream().mapToLong(Long::longValue).sum();
        int completed = Math.max(0, course.depth() - 1 - tasks);
        String wrong = wrong(result, bench);
        String space =
                runs
                        + " interleavings, "
                        + (course.exhausted() ? "every one there is" : preempted(completed));
        if (replayed != null && result.failure() == null) {
            return verdict(bench, survived(course), runs, -1, begin);
        }
        String blind =
                tasks > 1 && course.exhausted() && runs <= Exploration.least(tasks)
                        ? "no two accesses of a task were seen that another could come between;"
                                + " of a lambda they are, of a reference to Java's own method not"
                        : "";
        String bound =
                course.exhausted() || completed >= preemptions
                        ? ""
                        : space + ", " + preemptions + " asked for";
        Conclusion c =
                Judge.conclude(
                        evidence(bench, wrong, course.exhausted(), blind, bound, space), canaries);
        Verdict verdict = verdict(bench, c, runs, completed, begin).counting(counts(course));
        return result.failure() == null ? verdict : told(verdict, result, scenario, wrong);
    }

    private Evidence evidence(
            Bench bench,
            String wrong,
            boolean exhausted,
            String blind,
            String bound,
            String space) {
        return new Evidence(
                bench.tally(), bench.fault(), wrong, symptom, 1, exhausted, blind, bound, space);
    }

    private Conclusion survived(Course course) {
        return course.walked()
                ? new Conclusion(
                        Outcome.NOT_RUN,
                        "the interleaving " + replayed + " does not fail; no other was run")
                : new Conclusion(Outcome.FAULT, "this code has no interleaving " + replayed);
    }

    private static String preempted(int completed) {
        return completed + (completed == 1 ? " preemption" : " preemptions") + " completed";
    }

    /** What is wrong with the subject, in lines; what is wrong with anything else is a fault. */
    private static String wrong(Exploration.Result result, Bench bench) {
        LincheckFailure failure = result.failure();
        if (failure == null) {
            return "";
        }
        List<String> wrong = new ArrayList<>();
        List<Throwable> thrown = result.course().thrown();
        for (int i = 0; i < thrown.size(); i++) {
            if (thrown.get(i) != null) {
                wrong.add(bench.threw(i, thrown.get(i)));
                bench.forgiveOracle();
            }
        }
        if (failure instanceof ValidationFailure validation
                && validation.getException() instanceof ModelTest.Wrong own) {
            wrong.add(own.getMessage());
        } else if (failure instanceof ManagedDeadlockFailure) {
            wrong.add("deadlock: no task can go on");
        } else if (failure instanceof ManagedLivelockFailure) {
            wrong.add("livelock: the tasks go round and nothing changes");
        } else if (!(failure instanceof IncorrectResultsFailure)) {
            bench.fault(failure.toString().lines().findFirst().orElse("the tool failed"));
        }
        return String.join("\n", wrong).strip();
    }

    private static List<Count> counts(Course course) {
        List<Count> counts = new ArrayList<>();
        for (Map.Entry<Integer, Long> depth : course.byDepth().entrySet()) {
            counts.add(
                    new Count(
                            Integer.toString(depth.getKey()),
                            depth.getValue(),
                            "scheduling decisions"));
        }
        return counts;
    }

    private static Verdict told(
            Verdict verdict, Exploration.Result result, Scenario<?> scenario, String wrong) {
        if (result.failure().getTrace() == null) {
            return verdict;
        }
        Interleaving told = Interleaving.of(result.failure().getTrace(), scenario.taskNames());
        Schedule failed = result.course().failed();
        return verdict.seed(failed == null ? "" : failed.toString())
                .told(told.lines(wrong))
                .with(told.marks(wrong));
    }

    private Verdict verdict(Bench bench, Conclusion c, long runs, int completed, long begin) {
        return Check.verdict(
                        bench.scenario().name(),
                        symptom != null,
                        Technique.MODEL,
                        c,
                        bench.tally(),
                        begin)
                .runs(runs)
                .preemptions(completed);
    }
}
