package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Known mistakes that a technique must find in the JVM that is about to judge, and their repaired
 * twins, which it must not accuse. Written as a user writes a scenario, so that they go the same way
 * through the tools. Run once a JVM, when a first clean verdict asks for them.
 */
final class Canaries implements Supplier<String> {
    private static final Supplier<String> NOBODY = () -> "";
    private static final int SAMPLES = 10_000;
    private static final int MOST_SAMPLES = 1_000_000;
    private static final int TRIES = 200;
    private static final long SEED = 1;

    static final Canaries MODEL = new Canaries(Canaries::model, () -> "");
    static final Canaries STRESS = new Canaries(Canaries::stress, Canaries::overlap);
    static final Canaries PROPERTY = new Canaries(Canaries::property, () -> "");

    private final Supplier<List<Verdict>> make;
    private final Supplier<String> eachTime;
    private List<Verdict> verdicts;

    /**
     * @param eachTime asked for every clean verdict, once the rest holds
     */
    private Canaries(Supplier<List<Verdict>> make, Supplier<String> eachTime) {
        this.make = make;
        this.eachTime = eachTime;
    }

    static Canaries of(Technique technique) {
        return switch (technique) {
            case MODEL -> MODEL;
            case STRESS -> STRESS;
            case PROPERTY -> PROPERTY;
            default -> throw new IllegalArgumentException("no " + technique.label() + " here");
        };
    }

    synchronized List<Verdict> verdicts() {
        if (verdicts == null) {
            verdicts = List.copyOf(make.get());
        }
        return verdicts;
    }

    /** Why the technique cannot be relied on; empty when it can. */
    @Override
    public String get() {
        String unfit = unfit(verdicts());
        return unfit.isEmpty() ? eachTime.get() : unfit;
    }

    /** The first canary that did not come out as it must, in words. */
    static String unfit(List<Verdict> canaries) {
        if (canaries.isEmpty()) {
            return "no canary was run";
        }
        return canaries.stream()
                .filter(v -> !v.asExpected())
                .findFirst()
                .map(
                        v ->
                                (v.fixed() ? "repaired twin of " : "")
                                        + v.id()
                                        + ": "
                                        + v.outcome().label()
                                        + ", "
                                        + v.detail())
                .orElse("");
    }

    // ---- model

    private static List<Verdict> model() {
        ModelCheck tool = new ModelCheck(NOBODY);
        ModelCheck found = tool.symptom("lost update");
        return List.of(
                found.run(increments("lost-update", Plain::new, c -> c.count)),
                tool.run(increments("lost-update", Atomic::new, c -> c.count.get())),
                tool.symptom("deadlock").run(locks("lock-order", Inverted::new)),
                tool.run(locks("lock-order", Ordered::new)));
    }

    private static List<Verdict> stress() {
        StressCheck tool = new StressCheck(NOBODY).samples(SAMPLES);
        List<Verdict> all = new ArrayList<>();
        all.add(
                tool.samples(MOST_SAMPLES)
                        .symptom("lost update")
                        .run(increments("lost-update", Plain::new, c -> c.count)));
        all.add(tool.run(increments("lost-update", Atomic::new, c -> c.count.get())));
        all.add(dekker());
        all.add(tool.run(flags("store-buffering", VolatileFlags::new)));
        return all;
    }

    private static Verdict dekker() {
        return new StressCheck(NOBODY)
                .samples(MOST_SAMPLES)
                .symptom("both read 0")
                .run(flags("store-buffering", PlainFlags::new));
    }

    /** Threads that never run at the same moment show nothing, and how they run changes. */
    private static String overlap() {
        return unfit(List.of(dekker()));
    }

    // ---- property

    private static List<Verdict> property() {
        PropertyCheck tool = new PropertyCheck(NOBODY).tries(TRIES).seed(SEED);
        return List.of(
                tool.symptom("pop").run(stack("forgets-the-third", 2)),
                tool.run(stack("forgets-the-third", Integer.MAX_VALUE)));
    }

    private static Specification<List<Integer>, List<Integer>> stack(String name, int most) {
        return Specification.<List<Integer>, List<Integer>>of(
                        Verdict.CANARY + name, ArrayList::new, ArrayList::new)
                .operation(
                        "push",
                        Arbitraries.integers().between(0, 9),
                        (s, x) -> s.size() >= most || s.add(x),
                        List::add)
                .operation("pop", Canaries::pop, Canaries::pop)
                .build();
    }

    private static Integer pop(List<Integer> stack) {
        return stack.isEmpty() ? null : stack.remove(stack.size() - 1);
    }

    // ---- what they are made of

    private interface Counter {
        void increment();
    }

    private static final class Plain implements Counter {
        private int count;

        @Override
        public void increment() {
            count++;
        }
    }

    private static final class Atomic implements Counter {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void increment() {
            count.incrementAndGet();
        }
    }

    private static <C extends Counter> Scenario<C> increments(
            String name, Supplier<C> counter, Function<C, Integer> count) {
        return Scenario.of(Verdict.CANARY + name, counter)
                .task("one", Counter::increment)
                .task("other", Counter::increment)
                .outcome(count::apply)
                .oracle(
                        c -> {
                            if (count.apply(c) != 2) {
                                throw new AssertionError("lost update: " + count.apply(c));
                            }
                        });
    }

    private static class Ordered {
        final Object first = new Object();
        final Object second = new Object();
        int count;

        void one() {
            both(first, second);
        }

        void other() {
            both(first, second);
        }

        final void both(Object outer, Object inner) {
            synchronized (outer) {
                synchronized (inner) {
                    count++;
                }
            }
        }
    }

    private static final class Inverted extends Ordered {
        @Override
        void other() {
            both(second, first);
        }
    }

    private static Scenario<Ordered> locks(String name, Supplier<Ordered> locks) {
        return Scenario.of(Verdict.CANARY + name, locks)
                .task("one", Ordered::one)
                .task("other", Ordered::other)
                .oracle(
                        l -> {
                            if (l.count != 2) {
                                throw new AssertionError("lost update: " + l.count);
                            }
                        });
    }

    private abstract static class Flags {
        int one;
        int other;

        abstract void first();

        abstract void second();
    }

    private static final class PlainFlags extends Flags {
        private int x;
        private int y;

        @Override
        void first() {
            x = 1;
            one = y;
        }

        @Override
        void second() {
            y = 1;
            other = x;
        }
    }

    private static final class VolatileFlags extends Flags {
        private volatile int x;
        private volatile int y;

        @Override
        void first() {
            x = 1;
            one = y;
        }

        @Override
        void second() {
            y = 1;
            other = x;
        }
    }

    private static Scenario<Flags> flags(String name, Supplier<Flags> flags) {
        return Scenario.of(Verdict.CANARY + name, flags)
                .task("one", Flags::first)
                .task("other", Flags::second)
                .outcome(f -> f.one + ", " + f.other)
                .oracle(
                        f -> {
                            if (f.one == 0 && f.other == 0) {
                                throw new AssertionError("both read 0");
                            }
                        });
    }
}
