package org.slubcheck.model;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slubcheck.scenarios.Trial;

/**
 * One interleaving of a scenario: a copy of the booted machine, up to three tasks, each a whole
 * operation, and the oracle. The static template is set before the check.
 */
public final class ModelTest {
    private final Trial trial = Judge.start();

    /** The first task. */
    @Operation
    public void task0() {
        trial.run(0);
    }

    /** The second task. */
    @Operation
    public void task1() {
        trial.run(1);
    }

    /** The third task. */
    @Operation
    public void task2() {
        trial.run(2);
    }

    /** The oracle. */
    @Validate
    public void validate() {
        Judge.end(trial);
    }
}
