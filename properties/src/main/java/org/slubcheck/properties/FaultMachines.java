package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.slab.SlabFlags;

/** The engines and machines whose allocations are made to fail. */
final class FaultMachines {
    private static final long DEBUG =
            SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER;

    /** Pages of each node where objects have all of debugging, or queues are many. */
    private static final ZonePages ROOM = new ZonePages(16, 0, 96, 0, 0);

    /** Pages of a quarter of a KiB, as many as all caches need when none has a free object. */
    private static final ZonePages FEW = new ZonePages(0, 0, 64, 0, 0);

    /** A chunk of the per-CPU allocator for four CPUs is of this order. */
    private static final int CHUNK_ORDER = 5;

    private FaultMachines() {}

    /**
     * An engine, or one of its options.
     *
     * @param name for people
     * @param of the kernel with it
     */
    record Variant(String name, UnaryOperator<KernelConfig> of) {
        /** Another engine joins by a line here. */
        static final List<Variant> ALL =
                List.of(
                        new Variant("slubq", c -> c.withEngine("slubq")),
                        new Variant(
                                "slubq with shared and alien queues",
                                c -> c.withEngine("slubq").with(c.slab().withSharedQueues(true))),
                        new Variant("slub", c -> c.withEngine("slub")),
                        new Variant("slub-lockless", c -> c.withEngine("slub-lockless")));
    }

    /**
     * A kernel.
     *
     * @param name for people
     * @param config what it is built for
     */
    record Machine(String name, KernelConfig config) {}

    /** A small machine for each engine, and nodes for those with most to do there: a quick look. */
    static List<Machine> few() {
        List<Machine> machines = new ArrayList<>();
        for (Variant variant : Variant.ALL) {
            boolean nodes = variant.name().contains("shared") || variant.name().equals("slub");
            machines.add(
                    machine(variant, "", nodes ? late() : config(Geometry.micro().withPages(FEW))));
        }
        return machines;
    }

    /** The smallest machine for each engine. */
    static List<Machine> smallest() {
        List<Machine> machines = new ArrayList<>();
        for (Variant variant : Variant.ALL) {
            machines.add(machine(variant, "", config(Geometry.micro())));
        }
        return machines;
    }

    /** The smallest machine and one with nodes, for each engine: what is booted in pairs. */
    static List<Machine> small() {
        List<Machine> machines = smallest();
        for (Variant variant : Variant.ALL) {
            machines.add(machine(variant, "", config(Geometry.numa(2))));
        }
        return machines;
    }

    /** Every engine on UMA, on one node and on four, with debugging and other options. */
    static List<Machine> all() {
        List<Machine> machines = new ArrayList<>();
        for (Variant variant : Variant.ALL) {
            machines.add(machine(variant, "", config(Geometry.micro().withPages(FEW))));
            machines.add(machine(variant, "", config(Geometry.small().withPages(ROOM))));
            machines.add(machine(variant, "", late()));
            KernelConfig small = config(Geometry.small().withPages(ROOM));
            machines.add(
                    machine(
                            variant,
                            " slub_debug=FZPU",
                            small.with(small.slab().withDebugFlags(DEBUG))));
            machines.add(
                    machine(
                            variant,
                            " nosysfs, late DMA, no merging, stats",
                            small.with(
                                    small.slab()
                                            .withSysfs(false)
                                            .withDmaLate(true)
                                            .withMerge(false)
                                            .withStats(true))));
        }
        return machines;
    }

    /**
     * Four nodes, of which the last gets its memory after boot, and blocks of pages that a per-CPU
     * chunk fits in.
     */
    private static KernelConfig late() {
        Geometry g = Geometry.numa(4);
        return config(
                new Geometry(
                        "numa4",
                        g.cpus(),
                        g.nodes(),
                        true,
                        g.pageSize(),
                        g.cacheLine(),
                        CHUNK_ORDER + 1,
                        ROOM,
                        g.kmallocMin(),
                        g.kmallocMax(),
                        g.percpuEarlySize(),
                        g.percpuEarlySlots(),
                        g.cacheGroups(),
                        new LateMemory(1, 0)));
    }

    private static KernelConfig config(Geometry geometry) {
        KernelConfig config = KernelConfig.of(geometry).withFaults(true);
        return config.with(config.slab().withFailslab(true));
    }

    private static Machine machine(Variant variant, String options, KernelConfig config) {
        return new Machine(
                "boot " + config.geometry().name() + options + " " + variant.name(),
                variant.of().apply(config));
    }
}
