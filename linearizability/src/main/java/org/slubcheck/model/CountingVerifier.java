package org.slubcheck.model;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * Counts the interleavings that came to their end, because a check that was switched off after one
 * is green as well.
 *
 * <p>Lincheck makes the verifier itself from its class, so the count is static; one JVM runs one
 * check at a time.
 */
public final class CountingVerifier implements Verifier {
    private static final AtomicLong COMPLETED = new AtomicLong();
    private static final Map<Integer, Long> BY_DEPTH = new TreeMap<>();
    private static IntSupplier depth = () -> 0;

    /** For Lincheck; the specification is not asked, the validation function judges. */
    @SuppressWarnings("unused") // Lincheck's constructor
    public CountingVerifier(Class<?> specification) {}

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        count();
        return true;
    }

    /** From 0 again, with a way to ask for the depth under way. */
    static synchronized void reset(IntSupplier depthUnderWay) {
        COMPLETED.set(0);
        BY_DEPTH.clear();
        depth = depthUnderWay;
    }

    private static synchronized void count() {
        COMPLETED.incrementAndGet();
        BY_DEPTH.merge(depth.getAsInt(), 1L, Long::sum);
    }

    /** Interleavings by the number of decisions that were allowed when they ran. */
    static synchronized Map<Integer, Long> byDepth() {
        return new TreeMap<>(BY_DEPTH);
    }

    static long completed() {
        return COMPLETED.get();
    }

    /** Counts likewise, and asks whether the results are those of some sequential order. */
    public static final class Linearizing implements Verifier {
        private final Verifier linearizability;

        /** For Lincheck. */
        public Linearizing(Class<?> specification) {
            linearizability = new LinearizabilityVerifier(specification);
        }

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            count();
            return linearizability.verifyResults(scenario, results);
        }
    }
}
