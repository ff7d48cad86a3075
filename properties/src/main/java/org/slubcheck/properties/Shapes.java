package org.slubcheck.properties;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Draws machines; smaller ones first when a case is shrunk. */
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
                .as(Shape::new);
    }
}
