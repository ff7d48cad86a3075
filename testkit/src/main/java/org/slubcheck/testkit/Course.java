package org.slubcheck.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kotlin.Pair;
import org.jetbrains.kotlinx.lincheck.runner.CompletedInvocationResult;
import org.jetbrains.kotlinx.lincheck.runner.ExecutionPart;
import org.jetbrains.kotlinx.lincheck.runner.InconsistentInvocationResult;
import org.jetbrains.kotlinx.lincheck.runner.InvocationResult;
import org.jetbrains.kotlinx.lincheck.runner.Runner;
import org.jetbrains.kotlinx.lincheck.runner.ValidationFailureInvocationResult;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.jetbrains.kotlinx.lincheck.trace.Trace;

/**
 * Lincheck's model checking strategy, held by the reins: it ends when the exploration is deep
 * enough, says how deep it was and which interleaving failed, and can run one interleaving again.
 *
 * <p>Lincheck tells none of this, so its fields are read; a Lincheck that has others is refused.
 * Depth is the number of scheduling decisions: which task starts, each preemption, each switch that
 * is forced as a task ends or waits.
 */
final class Course extends Strategy {
    private final Strategy strategy;
    private final int enough;
    private final Schedule replayed;
    private final Bench bench;
    private final Map<Integer, Long> byDepth = new TreeMap<>();
    private int prefix;
    private boolean again;
    private boolean walked = true;
    private boolean exhausted;
    private Schedule failed;
    private List<Throwable> thrown = List.of();

    /**
     * @param enough the depth beyond which nothing is run
     * @param replayed the one interleaving to run; null to explore
     */
    Course(Strategy strategy, Bench bench, int enough, Schedule replayed) {
        this.strategy = strategy;
        this.bench = bench;
        this.enough = enough;
        this.replayed = replayed;
    }

    /** True when there is no interleaving that was not run. */
    boolean exhausted() {
        return exhausted;
    }

    /** Whether the interleaving to run again was run to its end: other code may not have it. */
    boolean walked() {
        return prefix > replayed.decisions() && walked && schedule().equals(replayed);
    }

    /** The interleaving that failed, or null. */
    Schedule failed() {
        return failed;
    }

    /** What each task of it threw, or null, in order; empty when that is not known. */
    List<Throwable> thrown() {
        return thrown;
    }

    /** Interleavings by the number of decisions that were allowed. */
    Map<Integer, Long> byDepth() {
        return byDepth;
    }

    /** The depth under way. */
    int depth() {
        try {
            return field(strategy, "maxNumberOfSwitches").getInt(strategy);
        } catch (ReflectiveOperationException other) {
            throw unknown(other);
        }
    }

    @Override
    public boolean nextInvocation() {
        if (replayed != null) {
            return nextPrefix();
        }
        exhausted = !strategy.nextInvocation();
        return !exhausted && depth() <= enough;
    }

    /**
     * A strategy that has run nothing knows no switch points: the interleaving's beginnings are run
     * before it, each with a decision more, and neither counted nor judged.
     */
    private boolean nextPrefix() {
        if (!again && prefix > replayed.decisions()) {
            return false;
        }
        if (!strategy.nextInvocation() && prefix == 0) {
            return false;
        }
        if (!again) {
            put(replayed.first(prefix));
            prefix++;
        }
        bench.mute(prefix <= replayed.decisions());
        return true;
    }

    @Override
    public InvocationResult runInvocation() {
        InvocationResult result = strategy.runInvocation();
        // A spin cycle was found: the same interleaving runs again, without the cycle.
        again = result instanceof InconsistentInvocationResult;
        if (!again && replayed != null) {
            walked &= reached() >= lastPosition();
        }
        if (!again) {
            byDepth.merge(depth(), 1L, Long::sum);
        }
        return result;
    }

    @Override
    public Pair<Trace, InvocationResult> tryCollectTrace(InvocationResult result) {
        failed = schedule();
        if (result instanceof ValidationFailureInvocationResult validation) {
            thrown = Exploration.thrown(validation.getResults());
        } else if (result instanceof CompletedInvocationResult completed) {
            thrown = Exploration.thrown(completed.getResults());
        }
        return strategy.tryCollectTrace(result);
    }

    @Override
    public Runner getRunner$lincheck() {
        return strategy.getRunner$lincheck();
    }

    @Override
    public long awaitUserThreads(long nanos) {
        return strategy.awaitUserThreads(nanos);
    }

    @Override
    public void beforePart(ExecutionPart part) {
        strategy.beforePart(part);
    }

    @Override
    public void onActorStart(int thread) {
        strategy.onActorStart(thread);
    }

    @Override
    public void onActorFinish(int thread) {
        strategy.onActorFinish(thread);
    }

    @Override
    public void close() {
        strategy.close();
    }

    /** The number of the last switch point of this run. */
    private int reached() {
        try {
            Object interleaving = field(strategy, "currentInterleaving").get(strategy);
            return field(interleaving, "executionPosition").getInt(interleaving);
        } catch (ReflectiveOperationException other) {
            throw unknown(other);
        }
    }

    /** The place of the last decision of the beginning that was run. */
    private int lastPosition() {
        List<Integer> positions = schedule().positions();
        return positions.isEmpty() ? 0 : positions.get(positions.size() - 1);
    }

    private Schedule schedule() {
        try {
            Object interleaving = field(strategy, "currentInterleaving").get(strategy);
            return new Schedule(
                    ints(field(interleaving, "switchPositions").get(interleaving)),
                    ints(field(interleaving, "threadSwitchChoices").get(interleaving)));
        } catch (ReflectiveOperationException other) {
            throw unknown(other);
        }
    }

    private void put(Schedule next) {
        try {
            Field current = field(strategy, "currentInterleaving");
            Constructor<?> make =
                    current.getType()
                            .getDeclaredConstructor(strategy.getClass(), List.class, List.class);
            make.setAccessible(true);
            current.set(
                    strategy,
                    make.newInstance(
                            strategy,
                            new ArrayList<>(next.positions()),
                            new ArrayList<>(next.choices())));
        } catch (ReflectiveOperationException other) {
            throw unknown(other);
        }
    }

    private static Field field(Object of, String name) throws NoSuchFieldException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static List<Integer> ints(Object list) {
        List<Integer> ints = new ArrayList<>();
        ((List<?>) list).forEach(i -> ints.add((Integer) i));
        return ints;
    }

    private static IllegalStateException unknown(ReflectiveOperationException other) {
        return new IllegalStateException("this Lincheck keeps its interleavings elsewhere", other);
    }
}
