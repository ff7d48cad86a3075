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
 * Q04a: a resize empties the old areas of other CPUs without interrupting them.
 *
 * <p>The fixed twin sends an IPI: the flush of a CPU's area runs as that CPU, with its irqs off, so an
 * allocation or a free is never in the middle of it.
 */
@Outcome(
        id = "0",
        expect = ACCEPTABLE,
        desc = "user works on the old area -> IPI flushes it; or user sees the new one")
@Outcome(
        id = "1",
        expect = FORBIDDEN,
        desc =
                "user loads the old area -> resizer empties it from afar -> user pushes or pops: object lost or doubled")
@Outcome(id = "2", expect = FORBIDDEN, desc = "something else is wrong: a fault of the suite")
public final class Q04a {
    private Q04a() {}

    /** With the defect: outcome 1 must be seen. */
    @JCStressTest
    @JCStressMeta(Q04a.class)
    @State
    public static class Buggy extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q04a", false);

        /** A copy of the booted machine. */
        public Buggy() {
            super(SUBJECT);
        }

        @Actor
        public void resizer() {
            trial.run(0);
        }

        @Actor
        public void user() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }

    /** The kernel as it should be: neither 1 nor 2. */
    @JCStressTest
    @JCStressMeta(Q04a.class)
    @State
    public static class Fixed extends KernelSample {
        private static final Subject SUBJECT = Subject.of("Q04a", true);

        /** A copy of the booted machine. */
        public Fixed() {
            super(SUBJECT);
        }

        @Actor
        public void resizer() {
            trial.run(0);
        }

        @Actor
        public void user() {
            trial.run(1);
        }

        @Arbiter
        public void judge(I_Result r) {
            r.r1 = judge();
        }
    }
}
