package org.slubcheck.properties;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * One step of a drawn sequence. Its numbers are taken modulo what there is when it runs, so a step
 * means something whatever stands before it and a sequence can be cut anywhere.
 *
 * @param kind what is done
 * @param cpu the CPU that does it
 * @param a first choice: a cache, an object, a size
 * @param b second choice
 */
record Op(Kind kind, int cpu, int a, int b) {
    /** What can be done, simple things first: that is where shrinking goes. */
    enum Kind {
        ALLOC,
        FREE,
        KMALLOC,
        KFREE,
        CREATE,
        DESTROY,
        ALLOC_NODE,
        ALLOC_MANY,
        FREE_MANY,
        ALLOC_MIGRATING,
        KREALLOC,
        RESIZE,
        BATCH,
        SHRINK,
        FLUSH,
        VALIDATE,
        SHOW
    }

    private static final int CHOICES = 64;

    /** Any step. */
    static Arbitrary<Op> any() {
        return of(
                Arbitraries.frequency(
                        Tuple.of(3, Kind.ALLOC),
                        Tuple.of(3, Kind.FREE),
                        Tuple.of(2, Kind.KMALLOC),
                        Tuple.of(2, Kind.KFREE),
                        Tuple.of(4, Kind.CREATE),
                        Tuple.of(2, Kind.DESTROY),
                        Tuple.of(2, Kind.ALLOC_NODE),
                        Tuple.of(4, Kind.ALLOC_MANY),
                        Tuple.of(3, Kind.FREE_MANY),
                        Tuple.of(2, Kind.ALLOC_MIGRATING),
                        Tuple.of(2, Kind.KREALLOC),
                        Tuple.of(3, Kind.RESIZE),
                        Tuple.of(2, Kind.BATCH),
                        Tuple.of(2, Kind.SHRINK),
                        Tuple.of(1, Kind.FLUSH),
                        Tuple.of(1, Kind.VALIDATE),
                        Tuple.of(1, Kind.SHOW)));
    }

    /** Steps of these kinds. */
    static Arbitrary<Op> of(Arbitrary<Kind> kinds) {
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 3).withoutEdgeCases(),
                        Arbitraries.integers().between(0, CHOICES - 1).withoutEdgeCases(),
                        Arbitraries.integers().between(0, CHOICES - 1).withoutEdgeCases())
                .as(Op::new);
    }
}
