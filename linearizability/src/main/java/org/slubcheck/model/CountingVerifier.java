package org.slubcheck.model;

import java.util.concurrent.atomic.AtomicLong;
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

    /** For Lincheck; the specification is not asked, the validation function judges. */
    @SuppressWarnings("unused") // Lincheck's constructor
    public CountingVerifier(Class<?> specification) {}

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        COMPLETED.incrementAndGet();
        return true;
    }

    static void reset() {
        COMPLETED.set(0);
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
            COMPLETED.incrementAndGet();
            return linearizability.verifyResults(scenario, results);
        }
    }
}
