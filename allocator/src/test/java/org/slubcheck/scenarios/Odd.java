package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/** A scenario for tests, in which nothing happens unless a test says what. */
class Odd extends CacheScenario {
    Odd() {
        super("odd", "A scenario of a test.", "one", "another");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[] {cache(kernel, "victim")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {}
}
