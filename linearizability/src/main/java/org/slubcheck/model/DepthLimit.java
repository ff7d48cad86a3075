package org.slubcheck.model;

import java.util.function.BooleanSupplier;
import kotlin.Pair;
import org.jetbrains.kotlinx.lincheck.runner.ExecutionPart;
import org.jetbrains.kotlinx.lincheck.runner.InvocationResult;
import org.jetbrains.kotlinx.lincheck.runner.Runner;
import org.jetbrains.kotlinx.lincheck.strategy.Strategy;
import org.jetbrains.kotlinx.lincheck.trace.Trace;

/**
 * A strategy that ends when it is deep enough. Lincheck's own goes on until it has run as many
 * interleavings as it was told, and nobody knows beforehand how many a depth takes.
 */
final class DepthLimit extends Strategy {
    private final Strategy strategy;
    private final BooleanSupplier deepEnough;
    private boolean exhausted;

    /** It was chosen and not run. */
    private boolean left;

    /**
     * @param strategy what is run
     * @param deepEnough asked when the next interleaving is chosen and before it is run
     */
    DepthLimit(Strategy strategy, BooleanSupplier deepEnough) {
        this.strategy = strategy;
        this.deepEnough = deepEnough;
    }

    /** True when there is no interleaving that was not run. */
    boolean exhausted() {
        return exhausted;
    }

    @Override
    public boolean nextInvocation() {
        if (left) {
            // Nor is another asked for: that one is off the strategy's tree, which may look empty
            // now.
            return false;
        }
        exhausted = !strategy.nextInvocation();
        left = !exhausted && deepEnough.getAsBoolean();
        return !exhausted && !left;
    }

    @Override
    public Runner getRunner$lincheck() {
        return strategy.getRunner$lincheck();
    }

    @Override
    public InvocationResult runInvocation() {
        return strategy.runInvocation();
    }

    @Override
    public Pair<Trace, InvocationResult> tryCollectTrace(InvocationResult result) {
        return strategy.tryCollectTrace(result);
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
}
