package org.slubcheck.schedule;

import java.util.List;
import java.util.stream.Stream;
import org.slubcheck.machine.Geometry;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;

/**
 * Finds the smallest machine on which a schedule fails alike and the fixed code is clean. Smaller is
 * fewer pages: which CPUs and nodes there are, a scenario takes for granted.
 */
public final class SmallerMachine {
    private SmallerMachine() {}

    /** The schedule on that machine. */
    public static Schedule of(Schedule schedule) {
        Schedule best = schedule;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Geometry g : candidates(machine(best))) {
                Schedule candidate = on(best, g);
                if (candidate != null) {
                    best = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return best;
    }

    private static Geometry machine(Schedule schedule) {
        Geometry own = Scenarios.byId(schedule.scenario()).orElseThrow().config().geometry();
        return Machines.smaller(own, schedule.machine()).orElseThrow();
    }

    /** What to try instead of a machine, best first: half of the pages, a quarter less, one less. */
    private static List<Geometry> candidates(Geometry g) {
        Geometry.ZonePages p = g.pages();
        return Stream.of(p.normal() / 2, p.normal() * 3 / 4, p.normal() - 1)
                .distinct()
                .filter(normal -> normal > 0 && normal < p.normal())
                .map(
                        normal ->
                                g.withPages(
                                        new Geometry.ZonePages(
                                                p.dma(),
                                                p.dma32(),
                                                normal,
                                                p.highmem(),
                                                p.movable())))
                .toList();
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
                s.legs());
    }
}
