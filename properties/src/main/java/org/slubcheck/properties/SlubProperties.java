package org.slubcheck.properties;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.machine.Faults;
import org.slubcheck.slab.SlabFlags;

/**
 * The engine of 2.6.36, with both kinds of fast paths, by itself and against the one that was made of
 * it.
 */
@AddLifecycleHook(Handover.class)
final class SlubProperties {
    private static final String SLUB = "slub";
    private static final String LOCKLESS = "slub-lockless";

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.forSteps();
    }

    @Provide
    Arbitrary<Bootable> stepMachines() {
        return onEither(Shapes.forSteps());
    }

    @Provide
    Arbitrary<Bootable> anyMachines() {
        return onEither(Shapes.any());
    }

    private static Arbitrary<Bootable> onEither(Arbitrary<Shape> shapes) {
        return shapes.flatMap(
                shape -> Arbitraries.of(SLUB, LOCKLESS).map(engine -> new OnEngine(shape, engine)));
    }

    @Provide
    Arbitrary<List<Op>> steps() {
        return ApiProperties.sequence(Op.any());
    }

    /** Whatever is called in whatever order on whatever machine, nothing is lost or shared. */
    @Property
    void machineStaysSound(
            @ForAll("stepMachines") Bootable machine, @ForAll("steps") List<Op> steps) {
        if (subject.tired()) {
            return;
        }
        World world = new World(subject.machine(machine));
        for (Op op : steps) {
            world.apply(op);
            subject.judge(world.wrong(), world.story());
        }
    }

    /**
     * The same calls on all engines return the same: success, NULL, errors, ksize, alignment and
     * contents; the same objects are live, and the census of each is clean.
     */
    @Property
    void enginesAgree(@ForAll("machines") Shape shape, @ForAll("steps") List<Op> steps) {
        if (subject.tired()) {
            return;
        }
        World slub = new World(subject.machine(new OnEngine(shape, SLUB)));
        World lockless = new World(subject.machine(new OnEngine(shape, LOCKLESS)));
        World slubq = new World(subject.machine(shape));
        for (Op op : steps) {
            // Only one of them has tunables and their files.
            if (op.kind() == Op.Kind.RESIZE
                    || op.kind() == Op.Kind.BATCH
                    || op.kind() == Op.Kind.SHOW) {
                continue;
            }
            slub.apply(op);
            lockless.apply(op);
            slubq.apply(op);
        }
        subject.judge(slub.wrong(), slub.story());
        subject.judge(lockless.wrong(), lockless.story());
        subject.judge(slubq.wrong(), slubq.story());
        subject.judge(difference(slub.known(), slubq.known()), slub.story());
        subject.judge(difference(lockless.known(), slubq.known()), lockless.story());
    }

    /** The first line in which two callers' views differ; empty when they are the same. */
    static List<String> difference(List<String> slub, List<String> slubq) {
        for (int i = 0; i < Math.min(slub.size(), slubq.size()); i++) {
            if (!slub.get(i).equals(slubq.get(i))) {
                return List.of(
                        "the engines differ: slub '"
                                + slub.get(i)
                                + "', slubq '"
                                + slubq.get(i)
                                + "'");
            }
        }
        return slub.size() == slubq.size() ? List.of() : List.of("the engines differ in length");
    }

    /** A boot with nothing to disturb it leaves a kernel in order. */
    @Property
    void bootIsSound(@ForAll("anyMachines") Bootable machine) {
        if (subject.tired()) {
            return;
        }
        BootProperties.sound(subject, machine, machine.config().geometry().cpus());
    }

    @Provide
    Arbitrary<Shape> trackingMachines() {
        return Shapes.any()
                .map(
                        s ->
                                new Shape(
                                        s.nodes(),
                                        s.cpus(),
                                        s.pageSize(),
                                        SlabFlags.STORE_USER,
                                        s.stats(),
                                        s.sysfs(),
                                        s.dma()));
    }

    /**
     * A boot in which a page allocation fails gets by with smaller slabs, which may be full at once,
     * or stops with a panic. Where caches store users full slabs are listed.
     */
    @Property
    void fullBootSlabsHaveTheirOwner(
            @ForAll("trackingMachines") Shape shape, @ForAll @IntRange(min = 0, max = 8) int fail) {
        if (subject.tired()) {
            return;
        }
        Bootable machine = new OnEngine(shape, SLUB);
        String fault = fail == 0 ? "" : ", page allocation " + fail + " fails";
        Rig rig = Rig.off(machine + fault, machine.config().withFaults(true), subject.steps());
        rig.kernel().faults().failAt(Faults.Kind.PAGE, fail);
        rig.boot();
        subject.judge(rig.stopped() ? rig.wrongBeforeItStopped() : rig.wrong(), rig.story());
    }
}
