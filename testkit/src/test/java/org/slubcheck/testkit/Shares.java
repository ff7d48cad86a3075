package org.slubcheck.testkit;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Small states that tests share, right and wrong. */
final class Shares {
    private Shares() {}

    /** A counter without any protection. */
    static final class Plain {
        int count;
    }

    /** Two locks. */
    static final class Locks {
        final Object first = new Object();
        final Object second = new Object();
        final AtomicInteger meanwhile = new AtomicInteger();
    }

    static Scenario<Plain> lostUpdate() {
        return Scenario.of("plain counter", Plain::new)
                .task("one", c -> c.count++)
                .task("other", c -> c.count++)
                .outcome(c -> "count " + c.count)
                .oracle(c -> demand(c.count == 2, "lost update: " + c.count));
    }

    static Scenario<AtomicInteger> atomic() {
        return Scenario.of("atomic counter", AtomicInteger::new)
                .task("one", c -> c.incrementAndGet())
                .task("other", c -> c.incrementAndGet())
                .reach("both", c -> c.get() == 2)
                .rejects("a lost update", c -> c.set(1))
                .oracle(c -> demand(c.get() == 2, "lost update: " + c));
    }

    static Scenario<Locks> deadlock() {
        return Scenario.of("locks in opposite order", Locks::new)
                .task("up", l -> both(l, l.first, l.second))
                .task("down", l -> both(l, l.second, l.first))
                .oracle(l -> demand(l.meanwhile.get() == 2, "not both"));
    }

    private static void both(Locks locks, Object outer, Object inner) {
        synchronized (outer) {
            synchronized (inner) {
                locks.meanwhile.incrementAndGet();
            }
        }
    }

    /** A race in memory that the model checker does not look into. */
    static Scenario<ByteBuffer> outOfSight() {
        return Scenario.of("counter in a buffer", () -> ByteBuffer.allocateDirect(8))
                .task("one", b -> b.putInt(0, b.getInt(0) + 1))
                .task("other", b -> b.putInt(0, b.getInt(0) + 1))
                .oracle(b -> demand(b.getInt(0) == 2, "lost update"));
    }

    /** A task that nobody ever lets go on. */
    static Scenario<Semaphore> stuck() {
        return Scenario.of("a permit that never comes", () -> new Semaphore(0))
                .task("waits", Semaphore::acquire)
                .task("looks", Semaphore::availablePermits)
                .oracle(s -> {});
    }

    /** A task throws, and what is asked afterwards rests on what it did not do. */
    static Scenario<Integer[]> cutShort() {
        return Scenario.of("cut short", () -> new Integer[2])
                .task("one", s -> s[0] = 1)
                .task(
                        "other",
                        s -> {
                            if (s[1] == null) {
                                throw new IllegalStateException("no room");
                            }
                        })
                .reach("both", s -> s[0] + s[1] == 2)
                .outcome(s -> s[0] + s[1])
                .oracle(s -> demand(s[0] + s[1] == 2, "not both"));
    }

    static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
