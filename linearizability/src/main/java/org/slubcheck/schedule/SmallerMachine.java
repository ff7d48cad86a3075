package org.slubcheck.schedule;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.Zone;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;

/**
 * Finds the smallest machine on which a schedule fails alike and the fixed code is clean. Smaller is
 * fewer CPUs, then fewer nodes, then fewer pages of each zone. A scenario that takes for granted what
 * is not there any more does not come up, or something else is wrong with it, also with the fixed
 * code.
 */
public final class SmallerMachine {
    private SmallerMachine() {}

    /** The ways in which a machine can be smaller, each best first; gone through one after the other. */
    private static final List<Function<Geometry, Stream<Geometry>>> WAYS =
            List.of(
                    g -> g.cpus() > 1 ? Stream.of(g.withCpus(g.cpus() - 1)) : Stream.of(),
                    g ->
                            g.nodes() - 1 > g.late().nodes()
                                    ? Stream.of(g.withNodes(g.nodes() - 1))
                                    : Stream.of(),
                    pages(Zone.NORMAL),
                    pages(Zone.DMA),
                    pages(Zone.DMA32),
                    pages(Zone.HIGHMEM),
                    pages(Zone.MOVABLE));

    private static Function<Geometry, Stream<Geometry>> pages(Zone zone) {
        return g ->
                lower(g.pages().ofZone(zone.ordinal()))
                        .mapToObj(n -> g.withPages(g.pages().with(zone.ordinal(), n)));
    }

    /** The schedule on that machine. */
    public static Schedule of(Schedule schedule) {
        Schedule best = schedule;
        for (Function<Geometry, Stream<Geometry>> way : WAYS) {
            Schedule smaller = best;
            while (smaller != null) {
                best = smaller;
                smaller = once(best, way);
            }
        }
        return best;
    }

    /** The first smaller machine on which the schedule holds; null when there is none. */
    private static Schedule once(Schedule s, Function<Geometry, Stream<Geometry>> way) {
        return way.apply(machine(s))
                .map(g -> on(s, g))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Geometry machine(Schedule schedule) {
        Geometry own = Scenarios.byId(schedule.scenario()).orElseThrow().config().geometry();
        return Machines.smaller(own, schedule.machine()).orElseThrow();
    }

    /** Half of the pages, a quarter less, one less; fewer than one only where there is a single one. */
    private static IntStream lower(int pages) {
        return IntStream.of(pages / 2, pages * 3 / 4, pages - 1)
                .distinct()
                .filter(n -> n >= 0 && n < pages);
    }

    /** The schedule on a machine, with what is wrong there; null when it does not hold there. */
    private static Schedule on(Schedule s, Geometry g) {
        Schedule there = moved(s, g, s.symptom());
        Replay replay = Replay.run(there);
        boolean holds =
                replay.verdict().outcome() == Outcome.FOUND
                        && Replay.runFixed(there).verdict().outcome() == Outcome.CLEAN_SAMPLED;
        return holds ? moved(s, g, replay.verdict().detail()) : null;
    }

    private static Schedule moved(Schedule s, Geometry g, String symptom) {
        return new Schedule(
                s.scenario(),
                s.defect(),
                Machines.line(g),
                s.preemptions(),
                symptom,
                s.tasks(),
                s.without(),
                s.legs());
    }
}
