package org.slubcheck.properties;

import static org.slubcheck.kernel.BootStep.INITMEM_INIT;
import static org.slubcheck.kernel.BootStep.INIT_MEMORY_MAPPING;
import static org.slubcheck.kernel.BootStep.KMEM_CACHE_INIT;
import static org.slubcheck.kernel.BootStep.MEMMAP_INIT;
import static org.slubcheck.kernel.BootStep.MEM_INIT;
import static org.slubcheck.kernel.BootStep.SETUP_PER_CPU_AREAS;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.Zone;

/** kmalloc before there is a page allocator, on machines of any kind and with either engine. */
@AddLifecycleHook(Handover.class)
final class EarlyProperties {
    /** References that the last kernel had to its pages. */
    private static final int LEFT = 7;

    private final Subject subject = Subject.current();

    /**
     * A machine: a small one, as each case boots its own.
     *
     * @param nodes 0 for a kernel without NUMA
     * @param memmapFirst whether memmap_init comes before the first kmem_cache_init, which it may
     */
    record Early(int nodes, int pageSize, String engine, boolean memmapFirst) {
        private static final int PAGES = 64;

        Geometry geometry() {
            return new Geometry(
                    nodes == 0 ? "uma-early" : "numa-early",
                    Math.max(2, nodes),
                    Math.max(1, nodes),
                    nodes > 0,
                    pageSize,
                    32,
                    4,
                    new ZonePages(PAGES, 0, PAGES, 0, 0),
                    pageSize / 16,
                    pageSize,
                    4096,
                    64);
        }

        KernelConfig config() {
            return KernelConfig.of(geometry()).withEngine(engine);
        }

        Early withNodes(int count) {
            return new Early(count, pageSize, engine, memmapFirst);
        }

        @Override
        public String toString() {
            return "boot "
                    + (nodes == 0 ? "UMA" : "NUMA nodes=" + nodes)
                    + " page="
                    + pageSize
                    + " engine="
                    + engine
                    + " CONFIG_EARLY_KMALLOC";
        }
    }

    @Provide
    Arbitrary<Early> machines() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(512, 256),
                        Arbitraries.of(KernelConfig.ENGINES),
                        Arbitraries.of(false, true))
                .as(Early::new)
                .map(early -> early.withNodes(Subject.current().wanted().nodes(early.nodes)));
    }

    /** Objects, and now and then pages; enough for slabs of their own. */
    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.integers().between(1, 256)),
                        Tuple.of(1, Arbitraries.integers().between(257, 1024)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    /** A kernel that has taken all steps up to the first kmem_cache_init. */
    private EarlyWorld early(Early machine) {
        EarlyWorld world = new EarlyWorld(machine.toString(), machine.config(), subject.steps());
        world.take(INIT_MEMORY_MAPPING, INITMEM_INIT, SETUP_PER_CPU_AREAS);
        if (machine.memmapFirst) {
            world.take(MEMMAP_INIT);
        }
        world.take(KMEM_CACHE_INIT);
        return world;
    }

    private void judge(EarlyWorld world) {
        subject.judge(world.wrong(), world.story());
    }

    /** Between mem_init and the second kmem_cache_init a page belongs to one allocator alone. */
    @Property
    void pagesHaveOneOwner(
            @ForAll("machines") Early machine,
            @ForAll("sizes") List<Integer> before,
            @ForAll("sizes") List<Integer> between,
            @ForAll @IntRange(max = 6) int frees) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = early(machine);
        world.allocate(before);
        world.take(MEMMAP_INIT, MEM_INIT);
        world.allocate(between);
        world.free(frees);
        world.addUp();
        judge(world);
        world.take(KMEM_CACHE_INIT);
        world.allocate(before);
        world.freeAll();
        judge(world);
    }

    /** memmap_init leaves the slabs alone that are there already. */
    @Property
    void earlySlabsSurviveMemmapInit(
            @ForAll("machines") Early machine,
            @ForAll("sizes") List<Integer> sizes,
            @ForAll @IntRange(max = 6) int frees) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = early(machine);
        world.allocate(sizes);
        world.take(MEMMAP_INIT);
        judge(world);
        world.free(frees);
        world.take(MEM_INIT, KMEM_CACHE_INIT);
        world.allocate(sizes);
        world.freeAll();
        judge(world);
    }

    /** After a warm reboot mem_map holds the pages of the last kernel; this one knows nothing of them. */
    @Property
    void whatTheLastKernelLeftIsForgotten(
            @ForAll("machines") Early machine, @ForAll("sizes") List<Integer> pages) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = new EarlyWorld(machine.toString(), machine.config(), subject.steps());
        world.take(INIT_MEMORY_MAPPING);
        Kernel kernel = world.kernel();
        for (int i : pages) {
            long page = kernel.pages().pageAt(i * 31L % kernel.pages().pages());
            Memory m = kernel.memory();
            world.poke(
                    () -> {
                        m.writeOnce(page + PageStruct.FLAGS, PageStruct.PG_SLAB);
                        m.writeInt(page + PageStruct.COUNT, LEFT);
                    });
        }
        world.take(INITMEM_INIT, SETUP_PER_CPU_AREAS, KMEM_CACHE_INIT, MEMMAP_INIT, MEM_INIT);
        judge(world);
    }

    /** An architecture that does not call kmem_cache_init early gets a kernel like any other. */
    @Property
    void oneCallIsEnough(@ForAll("machines") Early machine, @ForAll("sizes") List<Integer> sizes) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = new EarlyWorld(machine.toString(), machine.config(), subject.steps());
        List<BootStep> order = BootStep.order(false);
        world.take(order.subList(0, order.indexOf(KMEM_CACHE_INIT) + 1));
        world.addUp();
        judge(world);
        world.allocate(sizes);
        world.freeAll();
        judge(world);
    }

    /** What asks for memory that a device can reach gets it, early or not. */
    @Property
    void dmaIsServedEarly(@ForAll("machines") Early machine, @ForAll("sizes") List<Integer> sizes) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = early(machine);
        for (int size : sizes) {
            long p = world.allocate(size, Gfp.DMA, -1);
            if (p != 0) {
                long page = world.kernel().pages().headPageOf(p);
                Zone zone = world.kernel().pages().zoneOf(page);
                world.require(
                        zone == Zone.DMA,
                        "early kmalloc("
                                + size
                                + ", GFP_DMA) is in zone "
                                + zone.kernelName()
                                + " of node "
                                + world.kernel().pages().nodeOf(page));
            }
        }
        judge(world);
        world.take(MEMMAP_INIT, MEM_INIT);
        world.freeAll();
        judge(world);
    }

    /** Blocks of any order go back, early or late, and then all pages are where they were. */
    @Property
    void earlyBlocksGoBack(
            @ForAll("machines") Early machine,
            @ForAll @IntRange(min = 1, max = 6) int blocks,
            @ForAll @IntRange(max = 3) int early,
            @ForAll @IntRange(max = 3) int late) {
        if (subject.tired()) {
            return;
        }
        EarlyWorld world = early(machine);
        int page = machine.pageSize;
        for (int i = 0; i < blocks; i++) {
            world.allocate(2 * page + 1 + i % 2 * 2 * page, 0, -1);
        }
        world.free(early);
        judge(world);
        world.take(MEMMAP_INIT);
        world.free(late);
        judge(world);
        world.take(MEM_INIT, KMEM_CACHE_INIT);
        world.freeAll();
        judge(world);
    }

    /** A node without memory is served by the nearest that has some. */
    @Property
    void theNearestNodeServes(
            @ForAll @IntRange(min = 2, max = 6) int nodes,
            @ForAll @IntRange(min = 1, max = 5) int without,
            @ForAll("machines") Early machine) {
        if (subject.tired()) {
            return;
        }
        Early many = machine.withNodes(nodes);
        int empty = Math.min(without, nodes - 1);
        Geometry g = many.geometry().withLate(new LateMemory(empty, 0));
        String name = many + ", the last " + empty + " nodes without memory";
        EarlyWorld world = new EarlyWorld(name, many.config().with(g), subject.steps());
        world.take(INIT_MEMORY_MAPPING, INITMEM_INIT, SETUP_PER_CPU_AREAS, KMEM_CACHE_INIT);
        for (int node = 0; node < nodes; node++) {
            long p = world.allocate(2 * g.pageSize() + 1, 0, node);
            if (p != 0) {
                int from = world.kernel().pages().nodeOf(world.kernel().pages().headPageOf(p));
                int nearest = Math.min(node, nodes - empty - 1);
                world.require(
                        g.distance(node, from) <= g.distance(node, nearest),
                        "early memory for node "
                                + node
                                + " is of node "
                                + from
                                + ", and node "
                                + nearest
                                + " is nearer");
            }
        }
        world.take(MEMMAP_INIT, MEM_INIT);
        world.freeAll();
        judge(world);
    }
}
