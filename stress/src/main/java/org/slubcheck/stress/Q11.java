package org.slubcheck.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Q11: the DMA cache of a size is created when it is first asked for. Who may not sleep cannot wait
 * for slub_lock and gets NULL although memory is free.
 *
 * <p>The same code publishes the cache's pointer by a plain store. That alone does not show here: all
 * memory is one array, whose stores a compiler keeps in order, and x86 does so too. The race detector
 * of the checked memory sees it, under the model checker.
 */
@Outcome(id = "0", expect = ACCEPTABLE, desc = "both get memory, in either order")
@Outcome(
        id = "1",
        expect = FORBIDDEN,
        desc =
                "sleeper takes slub_lock -> atomic cannot, and gets NULL -> sleeper publishes the cache")
@Outcome(id = "2", expect = FORBIDDEN, desc = "something else is wrong: a fault of the suite")
public final class Q11 {
    private Q11() {}

    /** With the defect: outcome 1 must be seen. */
    @JCStressTest
    @JCStressMeta(Q11.class)
    @State
    public static class Buggy extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q11", false);

        /** A copy of the booted machine. */
        public Buggy() {
            super(SUBJECT);
        }

        @Actor
        public void sleeper() {
            trial.run(0);
        }

        @Actor
        public void atomic() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }

    /** The kernel as it should be: neither 1 nor 2. */
    @JCStressTest
    @JCStressMeta(Q11.class)
    @State
    public static class Fixed extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q11", true);

        /** A copy of the booted machine. */
        public Fixed() {
            super(SUBJECT);
        }

        @Actor
        public void sleeper() {
            trial.run(0);
        }

        @Actor
        public void atomic() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }
}
