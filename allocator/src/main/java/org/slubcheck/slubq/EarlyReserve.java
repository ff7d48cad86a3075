package org.slubcheck.slubq;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;

/**
 * The check that the per-CPU reserve of early boot holds the areas of all caches that
 * kmem_cache_init makes (S+Q3 9/23). The kernel does it when it is built; here a machine
 * is a parameter, so it is done when the first cache opens, and says what is wrong before the
 * allocation that does not fit fails.
 */
final class EarlyReserve {
    private static final int[] ODD_SIZES = {96, 192};

    private EarlyReserve() {}

    /** Writes a line to the console when the reserve is too small. */
    static void check(Slubq k) {
        int have = k.geometry.percpuEarlySize();
        int need = needed(k);
        if (have < need) {
            k.machine
                    .console()
                    .printk(
                            Console.Level.WARNING,
                            "SLUB: PERCPU_DYNAMIC_EARLY_SIZE is %d, the boot caches need %d",
                            have,
                            need);
        }
    }

    /** Bytes a CPU of the areas of the caches of structs and of kmalloc. */
    private static int needed(Slubq k) {
        Geometry g = k.geometry;
        int bytes = (g.numa() ? 2 : 1) * area(k, g.kmallocMin());
        for (int size = g.kmallocMin(); size <= g.kmallocMax(); size *= 2) {
            bytes += area(k, size);
        }
        for (int size : ODD_SIZES) {
            if (g.kmallocMin() <= size / 3 && g.kmallocMax() > size) {
                bytes += area(k, size);
            }
        }
        return bytes;
    }

    private static int area(Slubq k, int size) {
        int queue = Scale.initialQueue(k.geometry, size);
        return k.numa.earlySize.bytes(k.cpuLayout, queue, k.geometry.cacheLine());
    }
}
