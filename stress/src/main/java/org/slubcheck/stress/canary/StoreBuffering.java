package org.slubcheck.stress.canary;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Dekker's entry: each CPU raises its flag and then looks at the other's.
 *
 * <p>Every processor has a store buffer, so with plain accesses both can miss the other's flag. A
 * run in which that never happens had no two CPUs at work at the same time and proves nothing. With
 * smp_mb between the store and the load it must not happen; acquire and release do not help.
 */
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "load X -> load Y -> both stores drain")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "actor1 -> actor2")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "actor2 -> actor1")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "store X, store Y -> load X, load Y")
public final class StoreBuffering {
    private StoreBuffering() {}

    /** Plain stores and loads: 0, 0 must be seen. */
    @JCStressTest
    @JCStressMeta(StoreBuffering.class)
    @State
    public static class Buggy extends Words {
        @Actor
        public void actor1(II_Result r) {
            memory.write(X, 1);
            r.r1 = (int) memory.read(Y);
        }

        @Actor
        public void actor2(II_Result r) {
            memory.write(Y, 1);
            r.r2 = (int) memory.read(X);
        }
    }

    /** A full barrier between: 0, 0 must never be seen. */
    @JCStressTest
    @JCStressMeta(StoreBuffering.class)
    @State
    public static class Fixed extends Words {
        @Actor
        public void actor1(II_Result r) {
            memory.writeOnce(X, 1);
            memory.barrier();
            r.r1 = (int) memory.readOnce(Y);
        }

        @Actor
        public void actor2(II_Result r) {
            memory.writeOnce(Y, 1);
            memory.barrier();
            r.r2 = (int) memory.readOnce(X);
        }
    }
}
