package org.slubcheck.model;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.LinCheckerKt;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * One exploration of the interleavings of a test class.
 *
 * <p><b>Depth.</b> Lincheck deepens by the number of scheduling decisions: which task starts, each
 * preemption, and each switch that is forced because a task ends or waits. Depth D is complete when
 * every interleaving with at most D decisions was run; behind the last decision nobody is
 * preempted. {@link Result#preemptions} is D less the number of tasks. With two tasks that is: every
 * interleaving with that many preemptions among which at most one wait forces a switch, and every
 * interleaving with one preemption more that has none.
 *
 * <p><b>What is left out.</b> Switch points are all accesses to shared memory but those of the
 * {@linkplain #OBSERVERS observers}, and, unless {@code everyAccess} says otherwise, the plain
 * accesses of the checked memory: the race detector reports every pair of them that is not ordered,
 * so switching between them adds nothing.
 */
final class Exploration {
    /**
     * Above any counted loop of a scenario. A loop of more iterations outside the parallel part
     * would silently end the exploration after one interleaving; that is why the interleavings are
     * counted.
     */
    private static final int LOOP_SWITCH = 500;

    /** Iterations after which a loop is a livelock. Higher makes each deadlock slower to see. */
    private static final int LOOP_BOUND = 5_000;

    /** No verdict rests on time: only a tool that hangs is ended by this, and that is a fault. */
    private static final long HANG_MS = 300_000;

    /** Lincheck writes warnings about records and lambdas that say nothing about a verdict. */
    private static final String LOG_LEVEL = "lincheck.logLevel";

    static {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "ERROR");
        }
    }

    /** Where the tasks meet: marked accesses and waits. */
    private static final String MEMORY = "org.slubcheck.machine.CheckedMemory";

    /** Plain accesses. */
    private static final String PLAIN = "org.slubcheck.machine.WatchedMemory";

    /** The test classes; the canaries are here too, with fields that are shared on purpose. */
    private static final String TESTS = "org.slubcheck.model.*";

    /** Classes that a test class or memory uses and that are no part of the machine. */
    private static final String[] OBSERVERS = {
        "org.slubcheck.machine.Observers",
        "org.slubcheck.machine.AccessLog$Kind",
        "org.slubcheck.kernel.Census",
        "org.slubcheck.scenarios.Hands",
        "org.slubcheck.model.Judge",
        "org.slubcheck.model.lin.Bench",
        "org.slubcheck.model.lin.Verifying",
    };

    private Exploration() {}

    /**
     * What came out.
     *
     * @param failure what Lincheck found, or null
     * @param interleavings how many were run, the failing one included
     * @param depth the depth completed
     * @param preemptions the preemptions completed, see the class comment; at least 0
     * @param exhausted true when there is no interleaving that was not run
     */
    record Result(
            LincheckFailure failure,
            long interleavings,
            int depth,
            int preemptions,
            boolean exhausted) {}

    /** The operations of one task: name and arguments of public methods of the test class. */
    record Operation(String method, Object... arguments) {}

    /**
     * Runs it.
     *
     * @param testClass public, with a public constructor without arguments
     * @param tasks what each task does, in order
     * @param specification the sequential specification
     * @param verifier a {@link CountingVerifier} or {@link CountingVerifier.Linearizing}
     * @param budget at most so many interleavings, where to switch, and whether to stop when enough
     *     preemptions are completed
     */
    static Result run(
            Class<?> testClass,
            List<List<Operation>> tasks,
            Class<?> specification,
            Class<? extends Verifier> verifier,
            Budget budget) {
        List<List<Actor>> threads = new ArrayList<>();
        for (List<Operation> task : tasks) {
            List<Actor> actors = new ArrayList<>();
            for (Operation operation : task) {
                actors.add(new Actor(find(testClass, operation), List.of(operation.arguments)));
            }
            threads.add(actors);
        }
        ModelOptions options =
                new ModelOptions(
                                budget.everyAccess()
                                        ? List.of(TESTS, MEMORY, PLAIN)
                                        : List.of(TESTS, MEMORY),
                                List.of(OBSERVERS),
                                Exploration::switchesAllowed,
                                budget.enough() + tasks.size())
                        .iterations(0)
                        .invocationsPerIteration(budget.invocations())
                        .addCustomScenario(
                                new ExecutionScenario(List.of(), threads, List.of(), null))
                        .sequentialSpecification(specification)
                        .verifier(verifier)
                        .minimizeFailedScenario(false)
                        .loopIterationsBeforeThreadSwitch(LOOP_SWITCH)
                        .loopBound(LOOP_BOUND)
                        .invocationTimeout$lincheck(HANG_MS);
        options.addGuarantee(forClasses(OBSERVERS).allMethods().ignore());
        CountingVerifier.reset(() -> switchesAllowed(options.strategy()));
        LincheckFailure failure = LinCheckerKt.checkImpl(options, testClass);
        long completed = CountingVerifier.completed();
        if (failure != null && !countedByVerifier(failure)) {
            completed++;
        }
        return judge(options, failure, completed, tasks.size());
    }

    private static Result judge(
            ModelOptions options, LincheckFailure failure, long interleavings, int tasks) {
        // Asking for one more interleaving settles whether the depth under way was complete, and
        // whether there is anything left at all.
        boolean exhausted = failure == null && options.exhausted();
        int depth = Math.max(0, switchesAllowed(options.strategy()) - 1);
        return new Result(failure, interleavings, depth, Math.max(0, depth - tasks), exhausted);
    }

    /** A verifier that says no has counted the interleaving; any other failure comes before it. */
    private static boolean countedByVerifier(LincheckFailure failure) {
        return failure instanceof org.jetbrains.kotlinx.lincheck.strategy.IncorrectResultsFailure;
    }

    private static int switchesAllowed(Strategy strategy) {
        try {
            Field depth = strategy.getClass().getDeclaredField("maxNumberOfSwitches");
            depth.setAccessible(true);
            return depth.getInt(strategy);
        } catch (ReflectiveOperationException other) {
            throw new IllegalStateException("this Lincheck does not tell its depth", other);
        }
    }

    private static Method find(Class<?> testClass, Operation operation) {
        for (Method method : testClass.getMethods()) {
            if (method.getName().equals(operation.method)
                    && method.getParameterCount() == operation.arguments.length) {
                return method;
            }
        }
        throw new IllegalArgumentException(testClass.getName() + " has no " + operation.method);
    }
}
