package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Follows stages, and writes down as legs what was run. It takes two runs of the same: the first
 * says at which points the tasks give way, the second the how-manyth of their kind these are.
 */
final class Recorder implements Director {
    private final Director stages;
    private final Places places;
    private final Tally tally;
    private final List<Leg> legs = new ArrayList<>();
    private Point here;

    /**
     * @param known the legs of the run before, without numbers; empty in the first
     */
    Recorder(List<Counted.Stage> stages, List<Leg> known, Places places) {
        this.stages = new Counted(stages);
        this.places = places;
        this.tally = new Tally(places, false);
        for (Leg leg : known) {
            if (leg.end() == Leg.End.BEFORE) {
                tally.watch(leg.task(), leg.point());
            }
        }
    }

    /** The legs so far. */
    List<Leg> legs() {
        return List.copyOf(legs);
    }

    @Override
    public int first(Baton baton) {
        return stages.first(baton);
    }

    @Override
    public boolean leaves(Baton baton, int task, long address) {
        Collection<Point> points = tally.count(task, address);
        boolean leaves = stages.leaves(baton, task, address);
        if (leaves) {
            Places.Where where = places.where();
            Point kind = new Point(where.operation(), places.word(address), where.function(), 0);
            here = points.stream().filter(p -> p.kind().equals(kind)).findFirst().orElse(kind);
        }
        return leaves;
    }

    @Override
    public int next(Baton baton, int task, Leg.End end, long address) {
        int next = stages.next(baton, task, end, address);
        if (next != task) {
            Point point = end == Leg.End.BEFORE ? here : null;
            String word = end == Leg.End.WAITS ? places.word(address) : null;
            legs.add(new Leg(0, task, end, point, word));
        }
        return next;
    }
}
