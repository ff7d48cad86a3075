package org.slubcheck.properties;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/**
 * One step of a drawn sequence on a machine with nodes; as {@link Op}, numbers are taken modulo what
 * there is.
 *
 * @param kind what is done
 * @param cpu the CPU that does it
 * @param a first choice: a cache, an object
 * @param b second choice: how many, how large
 */
record NumaOp(Kind kind, int cpu, int a, int b) {
    /** What can be done, simple things first. */
    enum Kind {
        ALLOC,
        FREE,
        ALLOC_NODE,
        EXPIRE,
        RECLAIM,
        BATCH_SIZE,
        QUEUE_SIZE,
        SHARED_SIZE,
        ALIEN_SIZE,
        FREE_IN_INTERRUPT,
        SHRINK,
        FLUSH,
        READ,
        CREATE,
        DESTROY,
        ABANDON,
        DEBUG_FLAG,
        CPU_DOWN,
        CPU_UP,
        MEMORY_ONLINE,
        MEMORY_OFFLINE
    }

    private static final int MOST_STEPS = 40;

    /** Everything. */
    static Arbitrary<List<NumaOp>> sequences() {
        return sequence(
                Arbitraries.frequency(
                        Tuple.of(8, Kind.ALLOC),
                        Tuple.of(8, Kind.FREE),
                        Tuple.of(3, Kind.ALLOC_NODE),
                        Tuple.of(3, Kind.EXPIRE),
                        Tuple.of(1, Kind.RECLAIM),
                        Tuple.of(3, Kind.BATCH_SIZE),
                        Tuple.of(2, Kind.QUEUE_SIZE),
                        Tuple.of(2, Kind.SHARED_SIZE),
                        Tuple.of(2, Kind.ALIEN_SIZE),
                        Tuple.of(2, Kind.FREE_IN_INTERRUPT),
                        Tuple.of(1, Kind.SHRINK),
                        Tuple.of(2, Kind.FLUSH),
                        Tuple.of(1, Kind.READ),
                        Tuple.of(1, Kind.CREATE),
                        Tuple.of(1, Kind.DESTROY),
                        Tuple.of(1, Kind.ABANDON),
                        Tuple.of(1, Kind.DEBUG_FLAG)));
    }

    /** CPUs and memory come and go under a load. */
    static Arbitrary<List<NumaOp>> hotplugSequences() {
        return sequence(
                Arbitraries.frequency(
                        Tuple.of(8, Kind.ALLOC),
                        Tuple.of(8, Kind.FREE),
                        Tuple.of(4, Kind.ALLOC_NODE),
                        Tuple.of(2, Kind.EXPIRE),
                        Tuple.of(1, Kind.RECLAIM),
                        Tuple.of(2, Kind.QUEUE_SIZE),
                        Tuple.of(2, Kind.SHARED_SIZE),
                        Tuple.of(2, Kind.ALIEN_SIZE),
                        Tuple.of(2, Kind.FREE_IN_INTERRUPT),
                        Tuple.of(1, Kind.READ),
                        Tuple.of(1, Kind.CREATE),
                        Tuple.of(1, Kind.DESTROY),
                        Tuple.of(3, Kind.CPU_DOWN),
                        Tuple.of(3, Kind.CPU_UP),
                        Tuple.of(4, Kind.MEMORY_ONLINE),
                        Tuple.of(3, Kind.MEMORY_OFFLINE)));
    }

    /** Only what a machine without shared and alien queues does as well. */
    static Arbitrary<List<NumaOp>> plainSequences() {
        return sequence(
                Arbitraries.frequency(
                        Tuple.of(8, Kind.ALLOC),
                        Tuple.of(8, Kind.FREE),
                        Tuple.of(4, Kind.ALLOC_NODE),
                        Tuple.of(2, Kind.FREE_IN_INTERRUPT),
                        Tuple.of(2, Kind.BATCH_SIZE),
                        Tuple.of(1, Kind.QUEUE_SIZE),
                        Tuple.of(1, Kind.SHRINK),
                        Tuple.of(1, Kind.FLUSH)));
    }

    private static Arbitrary<List<NumaOp>> sequence(Arbitrary<Kind> kinds) {
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 7).withoutEdgeCases(),
                        Arbitraries.integers().between(0, 63).withoutEdgeCases(),
                        Arbitraries.integers().between(0, 63).withoutEdgeCases())
                .as(NumaOp::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(MOST_STEPS)
                .withSizeDistribution(RandomDistribution.uniform());
    }
}
