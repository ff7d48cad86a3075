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
 * Q03: a statistics counter is incremented through a {@code ->cpu} that was loaded before irqs came
 * back on, while a resize frees the area that it points to.
 *
 * <p>The fixed twin loads it again with irqs off: the resizer's IPI cannot pass before the count is
 * done. A lost count is no error, a count in freed memory is.
 */
@Outcome(
        id = "0",
        expect = ACCEPTABLE,
        desc =
                "resizer -> allocator, or allocator -> resizer, or the count lands in the area of its moment")
@Outcome(
        id = "1",
        expect = FORBIDDEN,
        desc =
                "allocator loads ->cpu -> irqs on -> resizer swaps, flushes, frees -> allocator counts into the freed area")
@Outcome(id = "2", expect = FORBIDDEN, desc = "something else is wrong: a fault of the suite")
public final class Q03 {
    private Q03() {}

    /** With the defect: outcome 1 must be seen. */
    @JCStressTest
    @JCStressMeta(Q03.class)
    @State
    public static class Buggy extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q03", false);

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
    @JCStressMeta(Q03.class)
    @State
    public static class Fixed extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q03", true);

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
