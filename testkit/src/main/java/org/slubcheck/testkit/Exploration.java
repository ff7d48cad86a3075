package org.slubcheck.testkit;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.LinCheckerKt;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.RandomExecutionGenerator;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.ManagedCTestConfiguration;
import org.jetbrains.lincheck.datastructures.ManagedOptions;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingCTestConfiguration;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.jetbrains.lincheck.jvm.agent.InstrumentationMode;
import org.jetbrains.lincheck.jvm.agent.LincheckInstrumentation;

/**
 * One exploration of the interleavings of a scenario by Lincheck.
 *
 * <p>Everything that Lincheck instruments is: the subject, its libraries, java.util.concurrent. Only
 * the state's making and the oracle are not looked into.
 */
final class Exploration {
    /**
     * Above any counted loop of a scenario. A loop of more iterations outside of the tasks would end
     * the exploration after one interleaving, silently; that is why interleavings are counted.
     */
    private static final int LOOP_SWITCH = 500;

    /** Iterations after which a loop is a livelock. Higher makes each deadlock slower to see. */
    private static final int LOOP_BOUND = 5_000;

    /** No verdict rests on time: only a tool that hangs is ended by this, and that is a fault. */
    private static final long HANG_MS = 300_000;

    private static final int RECURSION_BOUND = 20;

    /** More than idle tasks have. */
    private static final int ENOUGH = 1_000;

    private static final Map<Integer, Long> LEAST = new ConcurrentHashMap<>();

    /** Lincheck writes warnings about records and lambdas that say nothing about a verdict. */
    private static final String LOG_LEVEL = "lincheck.logLevel";

    static {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "ERROR");
        }
    }

    /** Classes that look at a run and are no part of it. */
    private static final String[] OBSERVERS = {
        ModelTest.Desk.class.getName(),
        Bench.class.getName(),
        Tally.class.getName(),
        // Lincheck knows the class of an object by this name, and a static method's by the other.
        Concurrent.Notes.class.getCanonicalName(),
    };

    private Exploration() {}

    /** What came out: the failure, or null, and where it came from. */
    record Result(LincheckFailure failure, Course course) {}

    /**
     * Runs it. One at a time in a JVM; others wait.
     *
     * @param invocations at most so many interleavings
     * @param depth the depth beyond which nothing is run
     * @param replayed the one interleaving to run; null to explore
     */
    static Result run(Bench bench, int invocations, int depth, Schedule replayed) {
        synchronized (Exploration.class) {
            ModelTest.Desk.open(bench);
            try {
                Options options = new Options(bench, invocations, depth, replayed);
                LincheckFailure failure = LinCheckerKt.checkImpl(options, ModelTest.class);
                if (failure == null && replayed == null && !options.course.exhausted()) {
                    // Settles whether the depth under way was complete, if their number ended it.
                    options.course.nextInvocation();
                }
                return new Result(failure, options.course);
            } finally {
                ModelTest.Desk.open(null);
            }
        }
    }

    /**
     * How many interleavings tasks have that do nothing: a scenario with no more has no place where
     * one task could come between two accesses of another.
     */
    static long least(int tasks) {
        return LEAST.computeIfAbsent(
                tasks,
                n -> {
                    Scenario.Builder<Object> idle = Scenario.of("idle", Object::new);
                    for (int i = 0; i < n; i++) {
                        idle.task("idle " + i, state -> {});
                    }
                    Bench bench = new Bench(idle.oracle(state -> {}));
                    Course course = run(bench, ENOUGH, ENOUGH, null).course;
                    return course.byDepth().values().stream().mapToLong(Long::longValue).sum();
                });
    }

    /**
     * Lincheck instruments a class when instrumented code first makes an object of it. Nothing that
     * is instrumented makes the tasks, and a task that it missed would have no switch points: a false
     * pass.
     */
    private static void instrument(Class<?> type) {
        if (!type.isArray() && !type.isPrimitive()) {
            LincheckInstrumentation.INSTANCE.ensureClassHierarchyIsTransformed(type);
        }
    }

    private static ExecutionScenario scenario(int tasks) {
        List<List<Actor>> threads = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            try {
                Method task = ModelTest.class.getMethod("task" + i);
                threads.add(List.of(new Actor(task, List.of())));
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        }
        return new ExecutionScenario(List.of(), threads, List.of(), null);
    }

    /** A task that threw is a failure; the oracle has been asked before, as validation. */
    public static final class NothingThrown implements Verifier {
        /** For Lincheck. */
        @SuppressWarnings("unused") // Lincheck's constructor
        public NothingThrown(Class<?> specification) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            return ModelTest.Desk.muted() || thrown(results).stream().allMatch(t -> t == null);
        }
    }

    /** What each task threw, or null, in order. */
    static List<Throwable> thrown(ExecutionResult results) {
        List<Throwable> thrown = new ArrayList<>();
        results.getParallelResultsWithClock()
                .forEach(
                        task ->
                                thrown.add(
                                        task.stream()
                                                .map(r -> r.getResult())
                                                .filter(r -> r instanceof ExceptionResult)
                                                .map(r -> ((ExceptionResult) r).getThrowable())
                                                .findFirst()
                                                .orElse(null)));
        return thrown;
    }

    /** The model checking options of Lincheck, with the strategy within reach. */
    private static final class Options extends ManagedOptions<Options, Configuration> {
        private final Bench bench;
        private final int invocations;
        private final int depth;
        private final Schedule replayed;
        private Course course;

        Options(Bench bench, int invocations, int depth, Schedule replayed) {
            this.bench = bench;
            this.invocations = invocations;
            this.depth = depth;
            this.replayed = replayed;
        }

        @Override
        public Configuration createTestConfigurations(Class<?> testClass) {
            return new Configuration(
                    this,
                    List.of(scenario(bench.scenario().tasks().size())),
                    addGuarantee(forClasses(OBSERVERS).allMethods().ignore()).getGuarantees());
        }
    }

    /** Hands all on to the configuration that makes the model checking strategy. */
    private static final class Configuration extends ManagedCTestConfiguration {
        private final Options owner;
        private final ModelCheckingCTestConfiguration checking;

        Configuration(
                Options owner,
                List<ExecutionScenario> scenarios,
                List<ManagedStrategyGuarantee> guarantees) {
            super(
                    ModelTest.class,
                    0,
                    1,
                    1,
                    0,
                    0,
                    RandomExecutionGenerator.class,
                    NothingThrown.class,
                    false,
                    LOOP_SWITCH,
                    LOOP_BOUND,
                    RECURSION_BOUND,
                    owner.invocations,
                    guarantees,
                    false,
                    ModelTest.class,
                    HANG_MS,
                    scenarios,
                    true,
                    true);
            this.owner = owner;
            this.checking =
                    new ModelCheckingCTestConfiguration(
                            ModelTest.class,
                            0,
                            1,
                            1,
                            0,
                            0,
                            RandomExecutionGenerator.class,
                            NothingThrown.class,
                            false,
                            LOOP_SWITCH,
                            LOOP_BOUND,
                            RECURSION_BOUND,
                            owner.invocations,
                            guarantees,
                            false,
                            ModelTest.class,
                            HANG_MS,
                            scenarios,
                            true,
                            true,
                            false);
        }

        @Override
        public Strategy createStrategy(
                Class<?> testClass, ExecutionScenario scenario, Actor validation) {
            LincheckInstrumentation.INSTANCE.ensureObjectIsTransformed(owner.bench.start());
            owner.bench.classes().forEach(Exploration::instrument);
            Strategy strategy = checking.createStrategy(testClass, scenario, validation);
            owner.course = new Course(strategy, owner.bench, owner.depth, owner.replayed);
            return owner.course;
        }

        @Override
        public InstrumentationMode getInstrumentationMode$lincheck() {
            return InstrumentationMode.MODEL_CHECKING;
        }
    }
}
