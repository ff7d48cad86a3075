package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlubDebug;

/**
 * A machine and its kernel's configuration, as they are drawn.
 *
 * @param nodes 0 for a kernel without NUMA
 * @param cpus number of CPUs
 * @param pageSize 256, 512 or 4096 bytes
 * @param debug boot option slub_debug: flags of every cache
 * @param stats CONFIG_SLUB_STATS
 * @param sysfs CONFIG_SYSFS
 * @param dma whether there is a ZONE_DMA
 */
record Shape(
        int nodes, int cpus, int pageSize, long debug, boolean stats, boolean sysfs, boolean dma)
        implements Bootable {

    /** The debug flags that are drawn from, with their letters of slub_debug. */
    static final List<Long> DEBUG =
            List.of(
                    0L,
                    SlabFlags.DEBUG_FREE,
                    SlabFlags.RED_ZONE,
                    SlabFlags.POISON,
                    SlabFlags.STORE_USER,
                    SlabFlags.RED_ZONE | SlabFlags.POISON,
                    SlabFlags.DEBUG_FREE
                            | SlabFlags.RED_ZONE
                            | SlabFlags.POISON
                            | SlabFlags.STORE_USER);

    /** The same with so many nodes, and a CPU for each. */
    Shape withNodes(int count) {
        return new Shape(count, Math.max(cpus, count), pageSize, debug, stats, sysfs, dma);
    }

    @Override
    public KernelConfig config() {
        SlabConfig slab =
                SlabConfig.defaults().withStats(stats).withSysfs(sysfs).withDebugFlags(debug);
        return KernelConfig.of(geometry()).with(slab);
    }

    /** The machine: as small as it may be and still boot with every option. */
    Geometry geometry() {
        int n = Math.max(1, nodes);
        ZonePages pages = new ZonePages(dma ? normalPages() / 2 : 0, 0, normalPages(), 0, 0);
        return new Geometry(
                (nodes == 0 ? "uma" : "numa" + nodes) + "-" + pageSize,
                cpus,
                n,
                nodes > 0,
                pageSize,
                pageSize == 256 ? 16 : pageSize == 512 ? 32 : 64,
                pageSize == 4096 ? 5 : 4,
                pages,
                pageSize == 256 ? 32 : pageSize == 512 ? 16 : 8,
                pageSize == 256 ? 256 : pageSize == 512 ? 512 : 8192,
                percpuSize(),
                128);
    }

    private int normalPages() {
        return pageSize == 4096 ? 96 : 224;
    }

    private int percpuSize() {
        return pageSize == 4096 ? 32 << 10 : 8 << 10;
    }

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        words.add(nodes == 0 ? "UMA" : "NUMA nodes=" + nodes);
        words.add("cpus=" + cpus);
        words.add("page=" + pageSize);
        if (debug != 0) {
            words.add("slub_debug=" + SlubDebug.letters(debug));
        }
        if (stats) {
            words.add("stats");
        }
        if (!sysfs) {
            words.add("nosysfs");
        }
        if (dma) {
            words.add("dma");
        }
        return "boot " + String.join(" ", words);
    }
}
