package org.slubcheck.model;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionGenerator;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.jetbrains.lincheck.datastructures.ManagedCTestConfiguration;
import org.jetbrains.lincheck.datastructures.ManagedOptions;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingCTestConfiguration;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.jetbrains.lincheck.jvm.agent.InstrumentationMode;

/**
 * The model checking options of Lincheck, with the strategy left within reach.
 *
 * <p>Lincheck's own options are final and tell nobody how deep the exploration went. These make the
 * same strategy and keep it, so that a verdict can say which depth was completed.
 */
final class ModelOptions extends ManagedOptions<ModelOptions, ModelOptions.Configuration> {
    private final List<String> classes;
    private final List<String> bystanders;
    private final ToIntFunction<Strategy> depthOf;
    private final int enough;
    private Strategy strategy;
    private DepthLimit limit;

    /**
     * @param classes what Lincheck instruments of this project, as names or names with a *
     * @param bystanders classes that those use and that it leaves alone
     * @param depthOf the depth that a strategy is at work on
     * @param enough the depth beyond which nothing is run
     */
    ModelOptions(
            List<String> classes,
            List<String> bystanders,
            ToIntFunction<Strategy> depthOf,
            int enough) {
        this.classes = List.copyOf(classes);
        this.bystanders = List.copyOf(bystanders);
        this.depthOf = depthOf;
        this.enough = enough;
    }

    /**
     * Whether there is no interleaving that was not run; asks for one more where the number of them
     * was the limit.
     */
    boolean exhausted() {
        return !limit.nextInvocation() && limit.exhausted();
    }

    /** The strategy of the check that ran with these options, or null before. */
    Strategy strategy() {
        return strategy;
    }

    @Override
    public Configuration createTestConfigurations(Class<?> testClass) {
        return new Configuration(
                this,
                testClass,
                getIterations(),
                getThreads(),
                getActorsPerThread(),
                getActorsBefore(),
                getActorsAfter(),
                getExecutionGenerator(),
                getVerifier(),
                getCheckObstructionFreedom(),
                getLoopIterationsBeforeThreadSwitch(),
                getLoopBound(),
                getRecursionBound(),
                getInvocationsPerIteration(),
                getGuarantees(),
                getMinimizeFailedScenario(),
                getSequentialSpecification() == null ? testClass : getSequentialSpecification(),
                getTimeoutMs(),
                getCustomScenarios(),
                getAwaitLoopsAnalysisEnabled());
    }

    /** Hands all on to the configuration that makes the model checking strategy. */
    static final class Configuration extends ManagedCTestConfiguration {
        private final ModelOptions owner;
        private final ModelCheckingCTestConfiguration checking;

        Configuration(
                ModelOptions owner,
                Class<?> testClass,
                int iterations,
                int threads,
                int actorsPerThread,
                int actorsBefore,
                int actorsAfter,
                Class<? extends ExecutionGenerator> generator,
                Class<? extends Verifier> verifier,
                boolean obstructionFreedom,
                int loopIterationsBeforeSwitch,
                int loopBound,
                int recursionBound,
                int invocations,
                List<ManagedStrategyGuarantee> guarantees,
                boolean minimize,
                Class<?> specification,
                long timeoutMs,
                List<ExecutionScenario> scenarios,
                boolean awaitLoops) {
            super(
                    testClass,
                    iterations,
                    threads,
                    actorsPerThread,
                    actorsBefore,
                    actorsAfter,
                    generator,
                    verifier,
                    obstructionFreedom,
                    loopIterationsBeforeSwitch,
                    loopBound,
                    recursionBound,
                    invocations,
                    guarantees,
                    minimize,
                    specification,
                    timeoutMs,
                    scenarios,
                    true,
                    awaitLoops);
            this.owner = owner;
            this.checking =
                    new ModelCheckingCTestConfiguration(
                            testClass,
                            iterations,
                            threads,
                            actorsPerThread,
                            actorsBefore,
                            actorsAfter,
                            generator,
                            verifier,
                            obstructionFreedom,
                            loopIterationsBeforeSwitch,
                            loopBound,
                            recursionBound,
                            invocations,
                            guarantees,
                            minimize,
                            specification,
                            timeoutMs,
                            scenarios,
                            true,
                            awaitLoops,
                            false);
        }

        @Override
        public Strategy createStrategy(
                Class<?> testClass, ExecutionScenario scenario, Actor validation) {
            Instrumented.only(owner.classes, owner.bystanders);
            Strategy strategy = checking.createStrategy(testClass, scenario, validation);
            owner.strategy = strategy;
            owner.limit =
                    new DepthLimit(
                            strategy,
                            () ->
                                    owner.depthOf.applyAsInt(strategy) > owner.enough
                                            || Judge.inVain());
            return owner.limit;
        }

        @Override
        public InstrumentationMode getInstrumentationMode$lincheck() {
            return InstrumentationMode.MODEL_CHECKING;
        }
    }
}
