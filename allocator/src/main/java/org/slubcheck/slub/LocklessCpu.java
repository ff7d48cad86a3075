package org.slubcheck.slub;

import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_cpu with a transaction id.
 *
 * <pre>
 *   freelist, tid   a {@link DoubleWord}, which one instruction changes. The tid changes whenever
 *                   freelist or page change. It starts at the number of the CPU and goes in steps of
 *                   a power of two that is not less than the number of CPUs, so that no two CPUs
 *                   ever have the same one
 *   page, node      as in {@link KmemCacheCpu}, and where they are there
 *   partial         the first slab of {@link CpuPartial}; belongs to the CPU with irqs off
 *   stat[18]        (only with statistics)
 * </pre>
 *
 * <p>A tid comes round after 2^32 / step changes, which is no less than 2^26.
 */
final class LocklessCpu {
    private static final StructLayout BARE = layout(false);
    private static final StructLayout COUNTING = layout(true);

    /** offsetof the word that holds freelist and tid. */
    static final int FREELIST_TID = BARE.offset("freelist_tid");

    /** offsetof partial. */
    static final int PARTIAL = BARE.offset("partial");

    private LocklessCpu() {}

    private static StructLayout layout(boolean stats) {
        // Events are counted with irqs on, so they share no word with node, which is not.
        StructLayout.Builder builder =
                StructLayout.of("kmem_cache_cpu")
                        .word("freelist_tid")
                        .word("page")
                        .integer("node")
                        .integer("unused")
                        .word("partial");
        if (stats) {
            builder.integers("stat", StatItem.values().length);
        }
        return builder.build();
    }

    /** The layout of a kernel with or without statistics. */
    static StructLayout of(boolean stats) {
        return stats ? COUNTING : BARE;
    }

    /** TID_STEP: roundup_pow_of_two(nr_cpu_ids). */
    static int tidStep(int cpus) {
        return cpus == 1 ? 1 : Integer.highestOneBit(cpus - 1) << 1;
    }
}
