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
 * Q04: a queue shrinks. The area with the small queue and the batch that goes with it become visible
 * in the wrong order, so a refill takes more objects than the new queue holds.
 *
 * <p>The order is one of two stores to two words: on a processor with ordered stores the program's
 * order shows, elsewhere the release store of the fixed twin is needed as well.
 */
@Outcome(
        id = "0",
        expect = ACCEPTABLE,
        desc =
                "lower batch -> publish area -> allocator refills by the new batch; or allocator first")
@Outcome(
        id = "1",
        expect = FORBIDDEN,
        desc =
                "publish small area -> allocator refills by the old, large batch -> lower batch: overrun")
@Outcome(id = "2", expect = FORBIDDEN, desc = "something else is wrong: a fault of the suite")
public final class Q04 {
    private Q04() {}

    /** With the defect: outcome 1 must be seen. */
    @JCStressTest
    @JCStressMeta(Q04.class)
    @State
    public static class Buggy extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q04", false);

        /** A copy of the booted machine. */
        public Buggy() {
            super(SUBJECT);
        }

        @Actor
        public void resizer() {
            trial.run(0);
        }

        @Actor
        public void allocator() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }

    /** The kernel as it should be: neither 1 nor 2. */
    @JCStressTest
    @JCStressMeta(Q04.class)
    @State
    public static class Fixed extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q04", true);

        /** A copy of the booted machine. */
        public Fixed() {
            super(SUBJECT);
        }

        @Actor
        public void resizer() {
            trial.run(0);
        }

        @Actor
        public void allocator() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }
}
