package org.slubcheck.gate;

import java.util.Locale;

/** A part of a gate: what one program of its own runs. */
enum Part {
    /** Canaries of the model checker, then every scenario of the catalogue. */
    MODEL(true),
    /** The other half of the scenarios, at the same time: half of a gate is model checks. */
    MODEL_TOO(true),
    /** Canaries of the properties, then properties, boot sequences and faults of the catalogue. */
    PROPERTY(false),
    /** What belongs to no defect, and the fixed twins of defects whose property is among it; traces. */
    SUITE(false),
    /** Concurrent results against sequential specifications, by the model checker. */
    LINEARIZABILITY(true),
    /** The fixed code alone, by the model checker: every two operations on one cache, and more. */
    PAIRS(true),
    /** JCStress, which is a program already and needs all CPUs. */
    STRESS(false);

    private final boolean instrumented;

    Part(boolean instrumented) {
        this.instrumented = instrumented;
    }

    /** True when the model checker rewrites what runs in it. */
    boolean instrumented() {
        return instrumented;
    }

    /** The word in reports and on the worker's command line. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
