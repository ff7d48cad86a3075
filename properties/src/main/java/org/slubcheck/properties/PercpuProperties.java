package org.slubcheck.properties;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.PercpuSizes;

/** The per-CPU allocator before, while and after the slab allocator comes up. */
@AddLifecycleHook(Handover.class)
final class PercpuProperties {
    private static final int SIXTEENTHS = 16;

    private final Subject subject = Subject.current();

    /**
     * Allocations and frees at one point of the boot.
     *
     * @param sizes of areas to be allocated, in bytes
     * @param frees how many of those held are freed then
     */
    record Burst(List<Integer> sizes, int frees) {}

    /**
     * What the first chunk is given.
     *
     * @param slots entries of the maps in init data
     * @param dyn what the architecture asks for, in sixteenths of what early boot needs
     * @param reserved the same for modules
     */
    record Reserve(int slots, int dyn, int reserved) {
        PercpuSizes sizes(int early) {
            return new PercpuSizes(
                    dyn * early / SIXTEENTHS, reserved * early / SIXTEENTHS & -Long.BYTES);
        }
    }

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.any();
    }

    @Provide
    Arbitrary<Reserve> reserves() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(1, Arbitraries.integers().between(8, 40)),
                                Tuple.of(3, Arbitraries.integers().between(16, 28)),
                                Tuple.of(2, Arbitraries.of(32, 64, 128))),
                        Arbitraries.integers().between(0, 2 * SIXTEENTHS),
                        Arbitraries.of(0, 0, 1, 4))
                .as(Reserve::new);
    }

    /** Mostly few, so that boot goes on; sometimes enough to use up any reserve. */
    @Provide
    Arbitrary<Burst> bursts() {
        Arbitrary<Integer> size =
                Arbitraries.frequencyOf(
                        Tuple.of(5, Arbitraries.integers().between(1, 24)),
                        Tuple.of(1, Arbitraries.integers().between(25, 400)));
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(5, size.list().ofMaxSize(6)),
                                Tuple.of(1, size.list().ofMinSize(40).ofMaxSize(150))),
                        Arbitraries.integers().between(0, 8))
                .as(Burst::new);
    }

    /** Enough to use up most reserves. */
    @Provide
    Arbitrary<List<Integer>> manyAreas() {
        return Arbitraries.frequencyOf(
                        Tuple.of(9, Arbitraries.integers().between(1, 24)),
                        Tuple.of(1, Arbitraries.integers().between(25, 400)))
                .list()
                .ofMaxSize(150)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    /**
     * Before slab is up the reserve serves what it has bytes and slots for, whichever ends first;
     * the first request beyond fails, and the first failure is warned of.
     */
    @Property
    void earlyReserveEndsInTime(
            @ForAll("machines") Shape shape,
            @ForAll("reserves") Reserve reserve,
            @ForAll("manyAreas") List<Integer> sizes) {
        if (subject.tired()) {
            return;
        }
        PercpuWorld world = world(shape, reserve);
        world.bootTo(Kernel.Stage.MM);
        world.allocateEarly(sizes);
        judge(world);
    }

    private PercpuWorld world(Shape shape, Reserve reserve) {
        Geometry g = shape.geometry().withPercpuEarlySlots(reserve.slots());
        PercpuSizes sizes = reserve.sizes(g.percpuEarlySize());
        KernelConfig config =
                KernelConfig.of(g)
                        .with(shape.config().slab())
                        .withDebugPercpu(true)
                        .withPercpu(sizes);
        String name =
                shape
                        + " percpu slots="
                        + reserve.slots()
                        + " dyn="
                        + sizes.dynSize()
                        + " reserved="
                        + sizes.reservedSize();
        return new PercpuWorld(Rig.off(name, config, subject.steps()));
    }

    /**
     * What was allocated at any point of the boot keeps its contents to the end, and when all of it
     * is freed nothing is left over: no area, no map.
     */
    @Property
    void areasOutliveTheBoot(
            @ForAll("machines") Shape shape,
            @ForAll("reserves") Reserve reserve,
            @ForAll("bursts") Burst early,
            @ForAll("bursts") Burst middle,
            @ForAll("bursts") Burst late,
            @ForAll @IntRange(max = 40) int modules) {
        if (subject.tired()) {
            return;
        }
        PercpuWorld world = world(shape, reserve);
        world.bootTo(Kernel.Stage.MM);
        judge(world);
        world.allocateEarly(early.sizes());
        judge(world);
        world.bootTo(Kernel.Stage.SLAB_UP);
        judge(world);
        world.allocate(middle.sizes());
        world.free(middle.frees());
        judge(world);
        world.bootTo(Kernel.Stage.IRQS_ON);
        judge(world);
        world.bootTo(Kernel.Stage.RUNNING);
        world.allocateReserved(modules);
        world.allocate(late.sizes());
        world.free(late.frees());
        judge(world);
        world.freeAll();
        judge(world);
    }

    private void judge(PercpuWorld world) {
        subject.judge(world.wrong(), world.story());
    }
}
