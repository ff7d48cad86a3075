package org.slubcheck.properties;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;

/**
 * A machine of several nodes whose CPUs share last-level caches, as it is drawn; caches are not
 * merged.
 *
 * @param nodes NUMA nodes, 1 to 4
 * @param cpus CPUs, 1 to 8; CPU c is of node c % nodes
 * @param groups groups of CPUs that share a last-level cache, 1 to 4; they may span nodes or split
 *     them
 * @param stats CONFIG_SLUB_STATS
 * @param debug boot option slub_debug: flags of every cache
 * @param queues shared and alien queues are on
 * @param late how many nodes get their memory after boot, if at all
 */
record Topology(
        int nodes, int cpus, int groups, boolean stats, long debug, boolean queues, int late)
        implements Bootable {
    private static final long ALL_DEBUG =
            SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER;

    /** Pages of a node, as few as all queues at their largest leave room in. */
    private static final int PAGES = 240;

    /** The same where the first nodes serve the CPUs of all until the memory of the others comes. */
    private static final int LATE_PAGES = 720;

    /** Any machine with shared and alien queues. */
    static Arbitrary<Topology> any() {
        return of(Arbitraries.frequency(Tuple.of(7, 0L), Tuple.of(1, ALL_DEBUG)));
    }

    /** One whose objects have no debugging. */
    static Arbitrary<Topology> bare() {
        return of(Arbitraries.just(0L));
    }

    /** One of several nodes, of which one or two get their memory later. */
    static Arbitrary<Topology> withLateMemory() {
        return Combinators.combine(any(), Arbitraries.integers().between(1, 2))
                .as(
                        (t, late) -> {
                            int nodes = Math.max(2, t.nodes);
                            return new Topology(
                                    nodes,
                                    t.cpus,
                                    t.groups,
                                    t.stats,
                                    t.debug,
                                    t.queues,
                                    Math.min(late, nodes - 1));
                        });
    }

    private static Arbitrary<Topology> of(Arbitrary<Long> debug) {
        Wanted wanted = Subject.current().wanted();
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(false, false, false, true),
                        debug)
                .as(
                        (n, c, g, stats, flags) ->
                                new Topology(
                                        wanted.nodes(n),
                                        c,
                                        wanted.cacheGroups(g),
                                        stats,
                                        flags,
                                        true,
                                        0));
    }

    /** The same without shared and alien queues. */
    Topology withoutQueues() {
        return new Topology(nodes, cpus, groups, stats, debug, false, late);
    }

    @Override
    public KernelConfig config() {
        SlabConfig slab =
                SlabConfig.defaults()
                        .withMerge(false)
                        .withSharedQueues(queues)
                        .withStats(stats)
                        .withDebugFlags(debug);
        return KernelConfig.of(geometry()).with(slab);
    }

    /** Pages of 512 bytes. */
    Geometry geometry() {
        return Geometry.numa(nodes)
                .withCpus(cpus)
                .withCacheGroups(groups)
                .withPages(new ZonePages(16, 0, late == 0 ? PAGES : LATE_PAGES, 0, 0))
                .withLate(new LateMemory(late, 0));
    }

    @Override
    public String toString() {
        return "boot NUMA nodes="
                + nodes
                + " cpus="
                + cpus
                + " cache groups="
                + groups
                + (queues ? " shared and alien queues" : "")
                + (late == 0 ? "" : " memory of " + late + " comes later")
                + (stats ? " stats" : "")
                + (debug == 0 ? "" : " slub_debug=FZPU");
    }
}
