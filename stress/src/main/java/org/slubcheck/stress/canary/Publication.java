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
 * One CPU fills in a word and raises a flag; the other looks at the flag and reads the word.
 *
 * <p>The reader has read the word before, so with plain accesses the compiler may reuse what it
 * read then: a raised flag, and an empty word. With release and acquire a raised flag means a filled
 * word.
 */
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "reader -> writer")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "read flag -> writer -> read word")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "writer -> reader")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "read word -> writer -> read flag")
public final class Publication {
    private Publication() {}

    /** Plain accesses: the empty word behind a raised flag must be seen. */
    @JCStressTest
    @JCStressMeta(Publication.class)
    @State
    public static class Buggy extends Words {
        @Actor
        public void writer() {
            memory.write(X, 1);
            memory.write(Y, 1);
        }

        @Actor
        public void reader(II_Result r) {
            long before = memory.read(X);
            r.r1 = (int) memory.read(Y);
            r.r2 = (int) (before | memory.read(X));
        }
    }

    /** Release and acquire: it must never be seen. */
    @JCStressTest
    @JCStressMeta(Publication.class)
    @State
    public static class Fixed extends Words {
        @Actor
        public void writer() {
            memory.write(X, 1);
            memory.storeRelease(Y, 1);
        }

        @Actor
        public void reader(II_Result r) {
            long before = memory.read(X);
            r.r1 = (int) memory.loadAcquire(Y);
            r.r2 = (int) (before | memory.read(X));
        }
    }
}
