package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Memory;
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

    @Provide
    Arbitrary<Shape> trackingMachines() {
        long flags = SlabFlags.STORE_USER | SlabFlags.POISON;
        return Combinators.combine(machines(), Arbitraries.of(flags, flags | SlabFlags.RED_ZONE))
                .as(DebugProperties::with);
    }

    @Provide
    Arbitrary<Shape> numaMachines() {
        return Combinators.combine(machines(), Arbitraries.integers().between(2, 4))
                .as(Shape::withNodes);
    }

    private static Shape with(Shape s, long debug) {
        return new Shape(s.nodes(), s.cpus(), s.pageSize(), debug, s.stats(), s.sysfs(), s.dma());
    }

    /**
     * Somebody writes to an object of a partial slab after its free. That is reported when the object
     * is wanted; the slab is out of use then, but the objects of it that are in use can be freed.
     */
    @Property
    void aDamagedSlabStaysListed(
            @ForAll("trackingMachines") Shape shape,
            @ForAll @IntRange(min = 0, max = 63) int where) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(new OnEngine(shape, "slub"));
        Slab slab = rig.kernel().slab();
        Memory m = rig.kernel().memory();
        Task task = rig.task(0);
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"damaged\", 64)",
                        () -> slab.create(task, "damaged", 64, 0, 0, 0));
        int perSlab = KmemCache.ooObjects(m.peek(s + KmemCache.OO));
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 2 * perSlab + 1; i++) {
            held.add(alloc(rig, task, s));
        }
        long page = rig.kernel().pages().headPageOf(held.get(0));
        long object = held.remove(0);
        rig.run(
                task,
                "kmem_cache_free(damaged, 0x" + Long.toHexString(object) + ")",
                () -> slab.free(task, s, object));
        rig.note("somebody writes to byte " + where + " of it");
        m.metadataAccessEnable();
        m.writeByte(object + where, 0x78);
        m.metadataAccessDisable();
        int before = rig.kernel().reports().size();
        // The CPU's slab is used up first.
        for (int i = 0; i < perSlab; i++) {
            held.add(alloc(rig, task, s));
        }
        rig.expect(before, "^BUG damaged: Poison overwritten", 1);
        rig.giveUp(List.of(object));
        subject.judge(rig.wrong(held.stream().mapToLong(Long::longValue).toArray()), rig.story());
        for (long p : held) {
            if (rig.kernel().pages().headPageOf(p) == page) {
                rig.run(
                        task,
                        "kmem_cache_free(damaged, 0x" + Long.toHexString(p) + ")",
                        () -> slab.free(task, s, p));
            }
        }
        held.removeIf(p -> rig.kernel().pages().headPageOf(p) == page);
        subject.judge(rig.wrong(held.stream().mapToLong(Long::longValue).toArray()), rig.story());
    }

    private static long alloc(Rig rig, Task task, long s) {
        long p =
                rig.call(
                        task,
                        "kmem_cache_alloc(damaged)",
                        () -> rig.kernel().slab().alloc(task, s, Gfp.KERNEL));
        rig.require(p != 0, "kmem_cache_alloc fails");
        return p;
    }

    /** kmem_cache_shrink sorts the partial slabs of every node, and mixes no two nodes. */
    @Property
    void shrinkSortsTheSlabsOfEveryNode(
            @ForAll("numaMachines") Shape shape,
            @ForAll("engines") String engine,
            @ForAll @IntRange(min = 1, max = 3) int slabs) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(new OnEngine(shape, engine));
        Slab slab = rig.kernel().slab();
        Task task = rig.task(0);
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"shrunk\", 64)",
                        () -> slab.create(task, "shrunk", 64, 0, SlabFlags.DESTROY_BY_RCU, 0));
        int perSlab = KmemCache.ooObjects(rig.kernel().memory().peek(s + KmemCache.OO));
        List<Long> held = new ArrayList<>();
        for (int node = 0; node < rig.kernel().geometry().nodes(); node++) {
            int from = node;
            for (int i = 0; i < slabs * perSlab; i++) {
                long p =
                        rig.call(
                                task,
                                "kmem_cache_alloc_node(shrunk, " + node + ")",
                                () -> slab.allocNode(task, s, Gfp.KERNEL, from));
                rig.require(p != 0, "kmem_cache_alloc_node fails");
                // Every slab keeps some of its objects, not all as many.
                if (p != 0 && i % perSlab % 3 != i / perSlab % 3) {
                    held.add(p);
                } else if (p != 0) {
                    rig.run(
                            task,
                            "kmem_cache_free(shrunk, 0x" + Long.toHexString(p) + ")",
                            () -> slab.free(task, s, p));
                }
            }
        }
        rig.call(task, "kmem_cache_shrink(shrunk)", () -> slab.shrink(task, s));
        subject.judge(rig.wrong(held.stream().mapToLong(Long::longValue).toArray()), rig.story());
    }
}
