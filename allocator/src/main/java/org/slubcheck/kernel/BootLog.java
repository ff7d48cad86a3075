package org.slubcheck.kernel;

import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageWiring;
import org.slubcheck.mm.PercpuWiring;

/** What a boot prints, as dmesg of 2.6.36 shows it: figures of this machine, in the kernel's form. */
final class BootLog {
    private static final int KIB = 10;

    private final Console console;
    private final Geometry geometry;
    private final PageWiring pages;

    BootLog(Kernel kernel) {
        console = kernel.console();
        geometry = kernel.geometry();
        pages = kernel.pagesWiring();
    }

    private void info(String format, Object... arguments) {
        console.printk(Console.Level.INFO, format, arguments);
    }

    /** Which addresses have page tables. */
    void mapping() {
        long bytes = (long) geometry.totalPages() << geometry.pageShift();
        info("init_memory_mapping: %016x-%016x", pages.pool(), pages.pool() + bytes);
    }

    /** What the nodes have, zone by zone, in page frames. */
    void zones() {
        for (int node = 0; node < geometry.nodes(); node++) {
            info("On node %d totalpages: %d", node, geometry.pages().ofNode(node));
            for (PageAllocator.ZoneSpan span : pages.spans()) {
                if (span.node() == node) {
                    info(
                            "  %s zone: %d pages, PFN 0x%08x -> 0x%08x",
                            span.zone().kernelName(),
                            span.pages(),
                            span.start(),
                            span.start() + span.pages());
                }
            }
        }
    }

    /** Where each node looks for pages, and in which zone its own end. */
    void zonelists() {
        List<PageAllocator.ZoneSpan> spans = pages.spans();
        info(
                "Built %d zonelists in Node order, mobility grouping off.  Total pages: %d",
                geometry.nodes(), geometry.totalPages());
        if (geometry.numa()) {
            info("Policy zone: %s", spans.get(spans.size() - 1).zone().kernelName());
        }
    }

    /** The first per-CPU chunk: static areas have no place here, s is 0. */
    void percpu(PercpuWiring percpu) {
        int unit = percpu.unitSize();
        info(
                "PERCPU: Embedded %d pages/cpu @%016x s0 r%d d%d u%d",
                unit + geometry.pageSize() - 1 >> geometry.pageShift(),
                percpu.base(),
                percpu.reservedSize(),
                unit - percpu.reservedSize(),
                unit);
    }

    /** The CPUs that are about to come, by node as they come. */
    void processors(List<Integer> cpus) {
        int last = -1;
        StringBuilder line = new StringBuilder();
        for (int cpu : cpus) {
            int node = geometry.nodeOfCpu(cpu);
            if (node != last && last >= 0) {
                info("%s", line);
                line.setLength(0);
            }
            if (line.length() == 0) {
                line.append(String.format("Booting Node %3d, Processors ", node));
            }
            line.append(" #").append(cpu);
            last = node;
        }
        if (line.length() > 0) {
            info("%s", line);
        }
    }

    /** What the page allocator was given, of what there is. */
    void memory(long free) {
        info(
                "Memory: %dk/%dk available (%d pages of %d bytes)",
                free << geometry.pageShift() >> KIB,
                (long) geometry.totalPages() << geometry.pageShift() >> KIB,
                free,
                geometry.pageSize());
    }

    /** What init data took. */
    void initmem(long bytes) {
        info("Freeing unused kernel memory: %dk freed", bytes + (1 << KIB) - 1 >> KIB);
    }
}
