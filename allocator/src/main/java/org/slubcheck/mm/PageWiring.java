package org.slubcheck.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.NotifierChain;

/** Where everything of the page allocator stands; immutable and shared by all forks. */
public final class PageWiring {
    private static final int POOL_ALIGNED_FROM = 1 << 18;

    final Geometry geometry;
    final List<PageAllocator.ZoneSpan> spans;
    final PageAllocator.ZoneSpan[][] spanOf;
    final PageAllocator.ZoneSpan[][][] zonelists;
    final long allowedMask;
    final long bootmemNodeData;
    final long maxPfnMapped;
    final long afterBootmem;

    /** 0 on a kernel without CONFIG_EARLY_KMALLOC. */
    final long slabInit;

    final long absent;
    final long announced;
    final long memoryChain;
    final long cpuChain;
    final long memMap;
    final long pool;
    final int pages;

    private PageWiring(
            Geometry geometry,
            List<PageAllocator.ZoneSpan> spans,
            Boot boot,
            long allowedMask,
            long absent,
            long announced,
            long memoryChain,
            long cpuChain,
            long memMap,
            long pool) {
        this.bootmemNodeData = boot.bootmemNodeData;
        this.maxPfnMapped = boot.maxPfnMapped;
        this.afterBootmem = boot.afterBootmem;
        this.slabInit = boot.slabInit;
        this.geometry = geometry;
        this.spans = List.copyOf(spans);
        this.allowedMask = allowedMask;
        this.absent = absent;
        this.announced = announced;
        this.memoryChain = memoryChain;
        this.cpuChain = cpuChain;
        this.memMap = memMap;
        this.pool = pool;
        this.pages = geometry.totalPages();
        this.spanOf = new PageAllocator.ZoneSpan[geometry.nodes()][Zone.values().length];
        for (PageAllocator.ZoneSpan span : spans) {
            spanOf[span.node()][span.zone().ordinal()] = span;
        }
        this.zonelists = new PageAllocator.ZoneSpan[geometry.nodes()][Zone.values().length][];
        for (int node = 0; node < geometry.nodes(); node++) {
            for (Zone highest : Zone.values()) {
                zonelists[node][highest.ordinal()] = zonelist(node, highest);
            }
        }
    }

    /** Where the words of the boot memory allocator are. */
    private record Boot(long bootmemNodeData, long maxPfnMapped, long afterBootmem, long slabInit) {
        static Boot design(MemoryMap map, Geometry geometry, boolean earlyKmalloc) {
            return new Boot(
                    map.reserve(
                            "bootmem_node_data",
                            (long) geometry.nodes() * BootmemData.LAYOUT.size(),
                            Memory.WORD),
                    map.word("max_pfn_mapped"),
                    map.word("after_bootmem"),
                    earlyKmalloc ? map.word("slab_init") : 0);
        }
    }

    /** A kernel without CONFIG_EARLY_KMALLOC. */
    public static PageWiring design(MemoryMap map, Geometry geometry) {
        return design(map, geometry, false);
    }

    /**
     * Reserves the zones, gfp_allowed_mask, mem_map and the page pool in a map. To be called
     * last, so that the pool is the end of memory.
     */
    public static PageWiring design(MemoryMap map, Geometry geometry, boolean earlyKmalloc) {
        List<PageAllocator.ZoneSpan> spans = new ArrayList<>();
        int start = 0;
        for (int node = 0; node < geometry.nodes(); node++) {
            for (Zone zone : Zone.values()) {
                int pages = pagesOf(geometry, node, zone);
                if (pages > 0) {
                    long address =
                            map.reserve(
                                    "zone " + zone.kernelName() + "@" + node,
                                    ZoneStruct.size(geometry.maxOrder()),
                                    Memory.WORD);
                    spans.add(new PageAllocator.ZoneSpan(node, zone, address, start, pages));
                    start += pages;
                }
            }
        }
        Boot boot = Boot.design(map, geometry, earlyKmalloc);
        long allowedMask = map.word("gfp_allowed_mask");
        long absent = geometry.memoryHotplug() ? map.word("absent_nodes") : 0;
        long announced = geometry.memoryHotplug() ? map.word("announced_nodes") : 0;
        long chain = geometry.memoryHotplug() ? NotifierChain.reserve(map, "memory_chain") : 0;
        // Nothing of the page allocator's, but here the gap before the pool has room for it.
        long cpuChain = NotifierChain.reserve(map, "cpu_chain");
        long memMap = map.reserve("mem_map", (long) start * PageStruct.SIZE, Memory.WORD);
        long bytes = (long) start * geometry.pageSize();
        // Blocks are aligned within the pool anyway; only a large machine can afford the gap
        // that makes their addresses aligned too.
        int align =
                bytes >= POOL_ALIGNED_FROM
                        ? geometry.pageSize() << geometry.maxOrder() - 1
                        : geometry.pageSize();
        long pool = map.reserve("memory", bytes, align);
        return new PageWiring(
                geometry,
                spans,
                boot,
                allowedMask,
                absent,
                announced,
                chain,
                cpuChain,
                memMap,
                pool);
    }

    /** CONFIG_EARLY_KMALLOC. */
    public boolean earlyKmalloc() {
        return slabInit != 0;
    }

    /** The address of a node's struct bootmem_data. */
    long bdata(int node) {
        return bootmemNodeData + (long) node * BootmemData.LAYOUT.size();
    }

    /** The address of mem_map[0]. */
    public long memMap() {
        return memMap;
    }

    /** The address of the first page's memory. */
    public long pool() {
        return pool;
    }

    /** The populated zones, in page frame order. */
    public List<PageAllocator.ZoneSpan> spans() {
        return spans;
    }

    /** The address of gfp_allowed_mask. */
    public long allowedMaskWord() {
        return allowedMask;
    }

    /** Nodes by distance; on each, zones downwards from the highest allowed. */
    private PageAllocator.ZoneSpan[] zonelist(int from, Zone highest) {
        return geometry.nodesByDistance(from).stream()
                .flatMap(
                        node ->
                                IntStream.rangeClosed(0, highest.ordinal())
                                        .mapToObj(z -> spanOf[node][highest.ordinal() - z]))
                .filter(span -> span != null)
                .toArray(PageAllocator.ZoneSpan[]::new);
    }

    private static int pagesOf(Geometry geometry, int node, Zone zone) {
        Geometry.ZonePages pages = geometry.pages();
        return switch (zone) {
            case DMA -> node == 0 ? pages.dma() : 0;
            case DMA32 -> node == 0 ? pages.dma32() : 0;
            case NORMAL -> pages.normal();
            case HIGHMEM -> pages.highmem();
            case MOVABLE -> pages.movable();
        };
    }
}
