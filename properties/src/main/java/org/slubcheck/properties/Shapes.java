package org.slubcheck.properties;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.slubcheck.slab.SlabFlags;

/**
 * Draws machines; smaller ones first when a case is shrunk. The number of nodes is the one that was
 * asked for, if any was.
 */
final class Shapes {
    private Shapes() {}

    /** Any machine. */
    static Arbitrary<Shape> any() {
        return machines(Arbitraries.integers().between(0, 4), Arbitraries.of(true, false));
    }

    /** A machine with ZONE_DMA and sysfs, so that all names show. */
    static Arbitrary<Shape> named() {
        return machines(Arbitraries.integers().between(1, 4), Arbitraries.of(true))
                .map(
                        s ->
                                new Shape(
                                        s.nodes(),
                                        s.cpus(),
                                        s.pageSize(),
                                        s.debug(),
                                        s.stats(),
                                        true,
                                        true));
    }

    /** A machine for many steps: mostly one with small pages, which is quick to look through. */
    static Arbitrary<Shape> forSteps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.frequency(
                                Tuple.of(6, 512), Tuple.of(4, 256), Tuple.of(1, 4096)),
                        Arbitraries.of(Shape.DEBUG),
                        Arbitraries.of(false, true))
                .as((n, c, page, debug, stats) -> new Shape(n, c, page, debug, stats, true, false))
                .map(Subject.current()::on);
    }

    /** A machine for many steps with several CPUs and quick objects. */
    static Arbitrary<Shape> parallel() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.frequency(Tuple.of(6, 2), Tuple.of(2, 3), Tuple.of(1, 4)),
                        Arbitraries.of(512, 256),
                        Arbitraries.of(false, true))
                .as((n, c, page, stats) -> new Shape(n, c, page, 0, stats, false, false))
                .map(Subject.current()::on);
    }

    /** A NUMA machine with pages of 4 KiB and a CPU for each node, two at least. */
    static Arbitrary<Shape> real() {
        return Arbitraries.integers()
                .between(1, 4)
                .map(n -> new Shape(n, Math.max(2, n), 4096, 0, false, false, false))
                .map(Subject.current()::on);
    }

    /** A machine that checks objects when it hands them out. */
    static Arbitrary<Shape> debugging() {
        return forSteps().filter(s -> (s.debug() & (SlabFlags.RED_ZONE | SlabFlags.POISON)) != 0);
    }

    /** A machine that is cheap to boot, of any kind. */
    private static Arbitrary<Shape> machines(Arbitrary<Integer> nodes, Arbitrary<Boolean> dma) {
        return Combinators.combine(
                        nodes,
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(512, 256, 4096),
                        Arbitraries.of(Shape.DEBUG),
                        Arbitraries.of(false, true),
                        Arbitraries.of(true, false),
                        dma)
                .as(Shape::new)
                .map(Subject.current()::on);
    }
}
