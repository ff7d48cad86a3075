package org.slubcheck.trace;

import java.util.List;
import java.util.Locale;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.slubq.StatItem;
import org.slubcheck.slubq.Statistics;

/**
 * Where the objects of a machine's caches came from and went to, by the counters of CONFIG_SLUB_STATS
 * over all caches since they were made. Resizes throw counters away; a replay makes none.
 *
 * @param allocFastpath allocations from the CPU's own queue
 * @param allocShared allocations that first took a batch from a shared queue
 * @param allocSlowpath allocations that first took objects from slabs
 * @param allocAlien allocations of an object of another node by way of an alien queue
 * @param allocRemote allocations of an object of another node straight from its slabs, and slabs made
 *     for either
 * @param freeFastpath frees into a CPU's own queue that had room
 * @param freeShared frees that first moved a batch to a shared queue
 * @param freeSlowpath frees that first put a batch into slabs
 * @param freeAlien frees of an object of another node than the CPU's
 */
public record QueueTraffic(
        long allocFastpath,
        long allocShared,
        long allocSlowpath,
        long allocAlien,
        long allocRemote,
        long freeFastpath,
        long freeShared,
        long freeSlowpath,
        long freeAlien) {
    /** What a kernel with statistics has counted; nobody runs on it now. */
    public static QueueTraffic of(Kernel kernel) {
        return new QueueTraffic(
                sum(kernel, StatItem.ALLOC_FASTPATH),
                sum(kernel, StatItem.ALLOC_SHARED),
                sum(kernel, StatItem.ALLOC_SLOWPATH),
                sum(kernel, StatItem.ALLOC_ALIEN),
                sum(kernel, StatItem.ALLOC_REMOTE),
                sum(kernel, StatItem.FREE_FASTPATH),
                sum(kernel, StatItem.FREE_SHARED),
                sum(kernel, StatItem.FREE_SLOWPATH),
                sum(kernel, StatItem.FREE_ALIEN));
    }

    private static long sum(Kernel kernel, StatItem item) {
        long sum = 0;
        for (long s : kernel.slab().caches()) {
            sum += Statistics.peek(kernel.slubq(), s, item);
        }
        return sum;
    }

    /** Share of allocations that found the CPU's own queue filled; 0 where there were none. */
    public double allocHitRate() {
        return share(allocFastpath, allocShared + allocSlowpath + allocAlien + allocRemote);
    }

    /** Share of frees that found room in the CPU's own queue; 0 where there were none. */
    public double freeHitRate() {
        return share(freeFastpath, freeShared + freeSlowpath + freeAlien);
    }

    private static double share(long part, long rest) {
        return part + rest == 0 ? 0 : (double) part / (part + rest);
    }

    /** For people, a line each. */
    public List<String> lines() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "queues: %.1f %% of allocations and %.1f %% of frees by the CPU's own queue",
                        100 * allocHitRate(),
                        100 * freeHitRate()),
                String.format(
                        Locale.ROOT,
                        "shared: %d of %d refills, %d of %d overflows",
                        allocShared,
                        allocShared + allocSlowpath,
                        freeShared,
                        freeShared + freeSlowpath),
                String.format(
                        Locale.ROOT,
                        "remote: %d frees and %d allocations of another node's objects, %d of these"
                                + " by alien queues",
                        freeAlien,
                        allocAlien + allocRemote,
                        allocAlien));
    }
}
