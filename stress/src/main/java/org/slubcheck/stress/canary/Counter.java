package org.slubcheck.stress.canary;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two CPUs count: a plain read, add and write can lose one of them, an atomic add cannot. */
@Outcome(id = "2", expect = ACCEPTABLE, desc = "actor1 -> actor2, in either order")
@Outcome(id = "1", expect = FORBIDDEN, desc = "both read -> both write: one is lost")
public final class Counter {
    private Counter() {}

    /** Read and write: a lost increment must be seen. */
    @JCStressTest
    @JCStressMeta(Counter.class)
    @State
    public static class Buggy extends Words {
        @Actor
        public void actor1() {
            memory.write(X, memory.read(X) + 1);
        }

        @Actor
        public void actor2() {
            memory.write(X, memory.read(X) + 1);
        }

        @Arbiter
        public void arbiter(I_Result r) {
            r.r1 = (int) memory.read(X);
        }
    }

    /** Atomic: none is ever lost. */
    @JCStressTest
    @JCStressMeta(Counter.class)
    @State
    public static class Fixed extends Words {
        @Actor
        public void actor1() {
            memory.fetchAdd(X, 1);
        }

        @Actor
        public void actor2() {
            memory.fetchAdd(X, 1);
        }

        @Arbiter
        public void arbiter(I_Result r) {
            r.r1 = (int) memory.read(X);
        }
    }
}
