package org.slubcheck.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.function.IntFunction;
import net.jqwik.api.Arbitraries;

/** What a bounded queue of two must do. */
final class BoundedQueues {
    static final int CAPACITY = 2;

    static final Specification<Queue<Integer>, Deque<Integer>> RACY =
            specification("TwoProducersQueue", TwoProducersQueue::new);

    private BoundedQueues() {}

    /**
     * The specification.
     *
     * @param queue makes a queue of a capacity
     */
    static Specification<Queue<Integer>, Deque<Integer>> specification(
            String name, IntFunction<Queue<Integer>> queue) {
        return Specification.<Queue<Integer>, Deque<Integer>>of(
                        name, () -> queue.apply(CAPACITY), ArrayDeque::new)
                .operation(
                        "offer",
                        Arbitraries.integers().between(0, 9),
                        Queue::offer,
                        (m, x) -> m.size() < CAPACITY && m.offer(x))
                .operation("poll", Queue::poll, Deque::poll)
                .operation("peek", Queue::peek, Deque::peek)
                .operation("size", Queue::size, Deque::size)
                .build();
    }

    /** Two producers, and what is left. */
    static Scenario<?> twoProducers(Specification<Queue<Integer>, Deque<Integer>> of) {
        return of.concurrently(of.name() + ": two producers")
                .task("first", of.call("offer", 1))
                .task("second", of.call("offer", 2))
                .after(of.call("poll"), of.call("poll"), of.call("poll"))
                .scenario();
    }

    /** A producer and a consumer. */
    static Scenario<?> handOver(Specification<Queue<Integer>, Deque<Integer>> of) {
        return of.concurrently(of.name() + ": hand over")
                .task("producer", of.call("offer", 1), of.call("offer", 2))
                .task("consumer", of.call("poll"))
                .after(of.call("poll"), of.call("poll"))
                .scenario();
    }
}
