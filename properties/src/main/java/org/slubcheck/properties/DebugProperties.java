package org.slubcheck.properties;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlubDebug;

/** Object debugging as a user switches it on, and what it finds. */
@AddLifecycleHook(Handover.class)
final class DebugProperties {
    private static final long LETTERS =
            SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER;

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.any()
                .map(
                        s ->
                                new Shape(
                                        s.nodes(),
                                        s.cpus(),
                                        s.pageSize(),
                                        0,
                                        s.stats(),
                                        s.sysfs(),
                                        s.dma()));
    }

    @Provide
    Arbitrary<Long> letters() {
        return Arbitraries.of(Shape.DEBUG).filter(flags -> flags != 0);
    }

    @Provide
    Arbitrary<String> engines() {
        return Arbitraries.of("slubq", "slub");
    }

    /**
     * slub_debug with the name of a kmalloc cache debugs that cache, and no other; its objects can be
     * used as before.
     */
    @Property
    void theOptionReachesItsCaches(
            @ForAll("machines") Shape shape,
            @ForAll("engines") String engine,
            @ForAll("letters") long flags,
            @ForAll @IntRange(min = 0, max = 3) int shift) {
        if (subject.tired()) {
            return;
        }
        int size = shape.geometry().kmallocMin() << shift;
        String name = "kmalloc-" + size;
        String option = "slub_debug=" + SlubDebug.letters(flags) + "," + name;
        KernelConfig config = new OnEngine(shape, engine).config();
        config = config.with(config.slab().withDebug(SlubDebug.parse(option)));
        Rig rig = Rig.up(shape + " engine=" + engine + " " + option, config, subject.steps());
        Slab slab = rig.kernel().slab();
        for (long s : rig.dead() ? List.<Long>of() : slab.caches()) {
            String cache = slab.nameOf(s);
            long have = rig.kernel().memory().peek(s + KmemCache.FLAGS) & LETTERS;
            rig.require(
                    have == (cache.equals(name) ? flags : 0),
                    option + ", but the flags of " + cache + " are " + SlubDebug.letters(have));
        }
        Task task = rig.task(0);
        long p =
                rig.call(task, "kmalloc(" + size + ")", () -> slab.kmalloc(task, size, Gfp.KERNEL));
        rig.require(p != 0, "kmalloc(" + size + ") fails");
        rig.run(task, "kfree(0x" + Long.toHexString(p) + ")", () -> slab.kfree(task, p));
        subject.judge(rig.wrong(), rig.story());
    }
}
