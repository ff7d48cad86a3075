package org.slubcheck.machine;

import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The shape of a machine: a parameter everywhere, so that a bug that needs four nodes or a page of
 * 256 bytes can have them.
 *
 * @param name for people
 * @param cpus possible and online CPUs, 1 to 64
 * @param nodes NUMA nodes, 1 to 64; CPU c belongs to node c % nodes
 * @param numa whether the kernel is built for NUMA; must be true when nodes &gt; 1
 * @param pageSize bytes, a power of two
 * @param cacheLine bytes, a power of two
 * @param maxOrder number of buddy orders, 11 on a real machine
 * @param pages pages of each zone of each node
 * @param kmallocMin smallest kmalloc size, a power of two (ARCH_KMALLOC_MINALIGN and
 *     KMALLOC_MIN_SIZE)
 * @param kmallocMax largest size served from a kmalloc cache, a power of two; beyond it kmalloc goes
 *     to the page allocator
 * @param percpuEarlySize PERCPU_DYNAMIC_EARLY_SIZE: bytes a CPU that percpu serves before slab is up
 * @param percpuEarlySlots PERCPU_DYNAMIC_EARLY_SLOTS: entries of the first chunk's early map
 * @param cacheGroups groups of CPUs that share a last-level cache, 1 to 64; CPU c belongs to group
 *     c % cacheGroups, so a multiple of the nodes splits each node, and fewer span several
 * @param late memory that comes after the machine was switched on
 */
public record Geometry(
        String name,
        int cpus,
        int nodes,
        boolean numa,
        int pageSize,
        int cacheLine,
        int maxOrder,
        ZonePages pages,
        int kmallocMin,
        int kmallocMax,
        int percpuEarlySize,
        int percpuEarlySlots,
        int cacheGroups,
        LateMemory late) {

    /**
     * Pages of each zone; ZONE_DMA and ZONE_DMA32 are on node 0 alone, as on real machines.
     *
     * @param dma pages of ZONE_DMA on node 0
     * @param dma32 pages of ZONE_DMA32 on node 0
     * @param normal pages of ZONE_NORMAL on every node
     * @param highmem pages of ZONE_HIGHMEM on every node
     * @param movable pages of ZONE_MOVABLE on every node
     */
    public record ZonePages(int dma, int dma32, int normal, int highmem, int movable) {
        /** All pages of one node. */
        public int ofNode(int node) {
            return (node == 0 ? dma + dma32 : 0) + normal + highmem + movable;
        }

        /** Pages of a zone, by its number in the kernel's enum zone_type. */
        public int ofZone(int zone) {
            return inOrder()[zone];
        }

        /** The same but for the pages of one zone, by its number in the kernel's enum zone_type. */
        public ZonePages with(int zone, int pages) {
            int[] zones = inOrder();
            zones[zone] = pages;
            return new ZonePages(zones[0], zones[1], zones[2], zones[3], zones[4]);
        }

        private int[] inOrder() {
            return new int[] {dma, dma32, normal, highmem, movable};
        }
    }

    /**
     * Memory that is not there when the machine is switched on: that of the last nodes, but for ZONE_DMA
     * and ZONE_DMA32. A kernel for such a machine has memory hotplug.
     *
     * @param nodes how many nodes
     * @param announced at which point of kmem_cache_init firmware announces it, from 1; 0 for not
     *     while booting
     */
    public record LateMemory(int nodes, int announced) {
        /** All memory is there from the start. */
        public static final LateMemory NONE = new LateMemory(0, 0);
    }

    /** Pages that the early per-CPU reserve has at least on a machine whose page size was changed. */
    private static final int EARLY_PAGES = 16;

    /** Checks the ranges; the message of the exception is fit for a user. */
    public Geometry {
        require(cpus >= 1 && cpus <= 64, "cpus must be 1..64, not " + cpus);
        require(nodes >= 1 && nodes <= 64, "nodes must be 1..64, not " + nodes);
        require(numa || nodes == 1, "more than one node needs a NUMA kernel");
        require(powerOfTwo(pageSize) && pageSize >= 128, "page size must be a power of two >= 128");
        require(powerOfTwo(cacheLine) && cacheLine >= 8, "cache line must be a power of two >= 8");
        require(maxOrder >= 1 && maxOrder <= 11, "maxOrder must be 1..11");
        require(
                powerOfTwo(kmallocMin) && kmallocMin >= 8,
                "kmallocMin must be a power of two >= 8");
        require(powerOfTwo(kmallocMax) && kmallocMax >= kmallocMin, "kmallocMax below kmallocMin");
        require(kmallocMax <= pageSize << 1, "kmallocMax beyond two pages");
        require(
                cacheGroups >= 1 && cacheGroups <= 64,
                "cacheGroups must be 1..64, not " + cacheGroups);
        require(
                late.nodes >= 0
                        && late.nodes <= nodes
                        && (late.nodes < nodes || pages.dma() + pages.dma32() > 0),
                "a machine cannot boot without memory");
    }

    /** A machine on which the CPUs of a node share one last-level cache. */
    public Geometry(
            String name,
            int cpus,
            int nodes,
            boolean numa,
            int pageSize,
            int cacheLine,
            int maxOrder,
            ZonePages pages,
            int kmallocMin,
            int kmallocMax,
            int percpuEarlySize,
            int percpuEarlySlots) {
        this(
                name,
                cpus,
                nodes,
                numa,
                pageSize,
                cacheLine,
                maxOrder,
                pages,
                kmallocMin,
                kmallocMax,
                percpuEarlySize,
                percpuEarlySlots,
                nodes,
                LateMemory.NONE);
    }

    /**
     * The smallest machine that boots: for stress samples, where a copy is made for each. Two CPUs,
     * no NUMA, pages of 256 bytes, at most 8 KiB in all.
     */
    public static Geometry micro() {
        return new Geometry(
                "micro", 2, 1, false, 256, 16, 2, new ZonePages(0, 0, 14, 0, 0), 32, 64, 256, 16);
    }

    /** For model checking: everything the kernel has, in at most 64 KiB. */
    public static Geometry small() {
        return new Geometry(
                "small", 2, 1, true, 512, 32, 4, new ZonePages(16, 0, 48, 0, 0), 16, 512, 4096, 64);
    }

    /** Several nodes, otherwise as {@link #small()}; a CPU for each node, two at least. */
    public static Geometry numa(int nodes) {
        return small().with(
                        g -> {
                            g.name = "numa" + nodes;
                            g.cpus = Math.max(2, nodes);
                            g.nodes = nodes;
                            g.cacheGroups = nodes;
                        });
    }

    /** Real page size and sizes, for traces and layouts; 256 MiB a node. */
    public static Geometry desktop(int cpus, int nodes) {
        return new Geometry(
                "desktop",
                cpus,
                nodes,
                true,
                4096,
                64,
                11,
                new ZonePages(1024, 0, 64512, 0, 0),
                8,
                8192,
                96 << 10,
                128);
    }

    /** Another number of CPUs. */
    public Geometry withCpus(int count) {
        return with(g -> g.cpus = count);
    }

    /**
     * Another page size; the early per-CPU reserve grows with it, as queues do, which are in the
     * areas of all caches made at boot.
     */
    public Geometry withPageSize(int bytes) {
        return with(
                g -> {
                    g.pageSize = bytes;
                    g.percpuEarlySize = Math.max(percpuEarlySize, EARLY_PAGES * bytes);
                });
    }

    /** Other zones. */
    public Geometry withPages(ZonePages zones) {
        return with(g -> g.pages = zones);
    }

    /** Another early reserve of the per-CPU allocator, in bytes a CPU. */
    public Geometry withPercpuEarlySize(int bytes) {
        return with(g -> g.percpuEarlySize = bytes);
    }

    /** Another number of entries of the per-CPU allocator's early map. */
    public Geometry withPercpuEarlySlots(int slots) {
        return with(g -> g.percpuEarlySlots = slots);
    }

    /** Other last-level caches. */
    public Geometry withCacheGroups(int groups) {
        return with(g -> g.cacheGroups = groups);
    }

    /** With memory that comes later. */
    public Geometry withLate(LateMemory memory) {
        return with(g -> g.late = memory);
    }

    /** Another number of nodes; the last-level caches are theirs then. */
    public Geometry withNodes(int count) {
        return with(
                g -> {
                    g.nodes = count;
                    g.cacheGroups = count;
                });
    }

    /** A copy but for what is changed, checked once all of it is. */
    private Geometry with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.geometry();
    }

    /** What a geometry differs in from the one that it is made of. */
    private static final class Draft {
        private final Geometry from;
        private String name;
        private int cpus;
        private int nodes;
        private int pageSize;
        private ZonePages pages;
        private int percpuEarlySize;
        private int percpuEarlySlots;
        private int cacheGroups;
        private LateMemory late;

        Draft(Geometry from) {
            this.from = from;
            name = from.name;
            cpus = from.cpus;
            nodes = from.nodes;
            pageSize = from.pageSize;
            pages = from.pages;
            percpuEarlySize = from.percpuEarlySize;
            percpuEarlySlots = from.percpuEarlySlots;
            cacheGroups = from.cacheGroups;
            late = from.late;
        }

        Geometry geometry() {
            return new Geometry(
                    name,
                    cpus,
                    nodes,
                    from.numa,
                    pageSize,
                    from.cacheLine,
                    from.maxOrder,
                    pages,
                    from.kmallocMin,
                    from.kmallocMax,
                    percpuEarlySize,
                    percpuEarlySlots,
                    cacheGroups,
                    late);
        }
    }

    /** The node of a CPU. */
    public int nodeOfCpu(int cpu) {
        return cpu % nodes;
    }

    /** The group of CPUs that share the last-level cache of a CPU. */
    public int groupOfCpu(int cpu) {
        return cpu % cacheGroups;
    }

    /**
     * cpu_to_mem: the nearest node to a CPU that has memory which a slab can be made of; the lower
     * of two that are equally near. Its own on a machine without memoryless nodes, when all memory is
     * there.
     */
    public int memNodeOfCpu(int cpu) {
        return memNodeOfCpu(cpu, node -> true);
    }

    /** The same among some nodes. */
    public int memNodeOfCpu(int cpu, IntPredicate among) {
        int home = nodeOfCpu(cpu);
        int best = -1;
        for (int node = 0; node < nodes; node++) {
            if (hasNormalMemory(node)
                    && among.test(node)
                    && (best < 0 || distance(home, node) < distance(home, best))) {
                best = node;
            }
        }
        return Math.max(best, 0);
    }

    /** N_NORMAL_MEMORY: the node has pages that a slab can be made of. */
    public boolean hasNormalMemory(int node) {
        return pages.normal() > 0 || node == 0 && pages.dma() + pages.dma32() > 0;
    }

    /** CONFIG_MEMORY_HOTPLUG: there is memory that comes and goes. */
    public boolean memoryHotplug() {
        return late.nodes > 0;
    }

    /** Whether memory of a node comes after the machine was switched on. */
    public boolean isLate(int node) {
        return node >= nodes - late.nodes;
    }

    /** node_distance: 10 to itself, 10 more for each step away. */
    public int distance(int from, int to) {
        return 10 + 10 * Math.abs(from - to);
    }

    /** All nodes by their distance from one; behind it upwards, and around, where that is equal. */
    public List<Integer> nodesByDistance(int from) {
        return IntStream.range(0, nodes)
                .boxed()
                .sorted(
                        Comparator.comparingInt((Integer node) -> distance(from, node))
                                .thenComparingInt(node -> Math.floorMod(node - from, nodes)))
                .toList();
    }

    /** log2 of the page size. */
    public int pageShift() {
        return Integer.numberOfTrailingZeros(pageSize);
    }

    /** Pages of all nodes. */
    public int totalPages() {
        int total = 0;
        for (int node = 0; node < nodes; node++) {
            total += pages.ofNode(node);
        }
        return total;
    }

    private static boolean powerOfTwo(int n) {
        return n > 0 && (n & n - 1) == 0;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
