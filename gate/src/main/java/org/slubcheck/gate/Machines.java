package org.slubcheck.gate;

import org.slubcheck.machine.Geometry;

/** The machines that the command line builds. */
final class Machines {
    /** Pages a node that a boot is given: enough for all kmalloc caches of 64 CPUs. */
    private static final int BOOT_PAGES = 4096;

    /**
     * Bytes that all nodes share when they are many, or pages large: the kernel stays far below what
     * a memory can have, and with its shadow below the heap that a JVM takes of a small machine.
     */
    private static final long BOOT_BYTES = 256L << 20;

    private static final int DMA_PAGES = 256;
    private static final int MOST_GROUPS = 64;

    private Machines() {}

    /**
     * A machine whose CPUs share so many last-level caches; null for one a node.
     *
     * @throws CliException when there cannot be so many
     */
    static Geometry sharing(Geometry geometry, Integer cacheGroups) {
        if (cacheGroups == null) {
            return geometry;
        }
        if (cacheGroups < 1 || cacheGroups > MOST_GROUPS) {
            throw CliException.usage(
                    "--cache-groups must be 1.." + MOST_GROUPS + ", not " + cacheGroups);
        }
        return geometry.withCacheGroups(cacheGroups);
    }

    /**
     * A machine to boot and look at: real sizes when pages are real, little memory. Any number of CPUs
     * and nodes from 1 to 64 boots with any page size up to 64 KiB.
     */
    static Geometry forBoot(int cpus, int nodes, int pageSize) {
        Geometry real = Geometry.desktop(cpus, nodes);
        int kmallocMax = Math.min(real.kmallocMax(), 2 * pageSize);
        // Geometry refuses 0 and fewer nodes, in words that are fit for a user.
        long share = BOOT_BYTES / pageSize / Math.max(1, nodes);
        int pages = (int) Math.min(BOOT_PAGES, share);
        return new Geometry(
                "boot",
                cpus,
                nodes,
                true,
                pageSize,
                real.cacheLine(),
                real.maxOrder(),
                new Geometry.ZonePages(DMA_PAGES, 0, pages, 0, 0),
                real.kmallocMin(),
                kmallocMax,
                real.percpuEarlySize(),
                real.percpuEarlySlots());
    }
}
