package example.buffer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import org.junit.jupiter.api.Test;
import org.slubcheck.testkit.Check;
import org.slubcheck.testkit.Scenario;
import org.slubcheck.testkit.Specification;
import org.slubcheck.testkit.Verdicts;
import org.slubcheck.verdict.Verdict;

/** A buffer and its wrong twin, under the three techniques. */
class BufferTest {
    private static final String TOO_LATE = "threw java.util.NoSuchElementException";

    /** Two consumers, each with what it got. */
    private static final class Shop {
        final Buffer<Integer> buffer;
        int first;
        int second;

        Shop(Buffer<Integer> buffer) {
            this.buffer = buffer;
        }
    }

    private static Scenario<Shop> twoConsumers(String name, Supplier<Buffer<Integer>> buffer) {
        return Scenario.of(name, () -> new Shop(buffer.get()))
                .task(
                        "producer",
                        shop -> {
                            shop.buffer.put(1);
                            shop.buffer.put(2);
                        })
                .task("first", shop -> shop.first = shop.buffer.take())
                .task("second", shop -> shop.second = shop.buffer.take())
                .reach("the second comes first", shop -> shop.second == 1)
                .outcome(shop -> shop.first + " and " + shop.second)
                .oracle(
                        shop -> {
                            if (shop.first + shop.second != 3) {
                                throw new AssertionError(shop.first + " and " + shop.second);
                            }
                        });
    }

    private static final Scenario<Shop> RIGHT =
            twoConsumers("bounded buffer", () -> new BoundedBuffer<>(2));
    private static final Scenario<Shop> WRONG =
            twoConsumers("hasty buffer", () -> new HastyBuffer<>(2));

    /** What does not wait, beside a deque that refuses a third element. */
    private static Specification<Buffer<Integer>, Deque<Integer>> inOneThread(
            String name, IntFunction<Buffer<Integer>> buffer) {
        return Specification.<Buffer<Integer>, Deque<Integer>>of(
                        name, () -> buffer.apply(2), ArrayDeque::new)
                .operation(
                        "offer",
                        Arbitraries.integers().between(0, 9),
                        Buffer::offer,
                        (model, x) -> model.size() < 2 && model.offer(x))
                .operation("poll", Buffer::poll, Deque::poll)
                .build();
    }

    @Test
    void noInterleavingLosesAnElement() {
        Verdicts.assertClean(Check.model().preemptions(1).run(RIGHT));
    }

    @Test
    void theModelCheckerSeesTheWrongOneAndRunsItAgain() {
        Verdict found = Verdicts.assertFound(Check.model().symptom(TOO_LATE).run(WRONG), TOO_LATE);
        Verdicts.assertFound(Check.model().replay(found).run(WRONG), TOO_LATE);
    }

    @Test
    void realThreadsLoseNoElement() {
        Verdicts.assertClean(Check.stress().samples(2_000).run(RIGHT));
    }

    @Test
    void realThreadsSeeTheWrongOne() {
        Verdicts.assertFound(Check.stress().symptom(TOO_LATE).run(WRONG), TOO_LATE);
    }

    /** The wrong one, too: one thread never waits. */
    @Test
    void inOneThreadBothAreRight() {
        Verdicts.assertClean(
                Check.property().run(inOneThread("bounded buffer", BoundedBuffer::new)));
        Verdicts.assertClean(Check.property().run(inOneThread("hasty buffer", HastyBuffer::new)));
    }
}
