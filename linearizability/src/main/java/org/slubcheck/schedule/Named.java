package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Follows the legs of a schedule file.
 *
 * <p>Exactly: whatever is not as the file says is {@link OffCourse}. Or freely, for the same
 * schedule on other code: a point that a task does not come to is skipped, so it runs until it waits
 * or is over; a leg of a task that cannot go on is skipped; and behind the last leg the first task
 * that can go on does. What a point says of the code within a replaced step is not asked for then,
 * as there is other code.
 */
final class Named implements Director {
    private final List<Leg> legs;
    private final boolean exactly;
    private final Places places;
    private final Tally tally;
    private final List<Leg> skipped = new ArrayList<>();
    private int at = -1;

    Named(List<Leg> legs, boolean exactly, Places places) {
        this.legs = List.copyOf(legs);
        this.exactly = exactly;
        this.places = places;
        this.tally = new Tally(places, !exactly);
        for (Leg leg : legs) {
            if (leg.end() == Leg.End.BEFORE) {
                tally.watch(leg.task(), leg.point());
            }
        }
    }

    /** The legs with a point that no task came to, and those of tasks that could not go on. */
    List<Leg> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public int first(Baton baton) {
        return advance(baton);
    }

    @Override
    public boolean leaves(Baton baton, int task, long address) {
        Collection<Point> here = tally.count(task, address);
        return at < legs.size()
                && legs.get(at).end() == Leg.End.BEFORE
                && here.contains(legs.get(at).point());
    }

    @Override
    public int next(Baton baton, int task, Leg.End end, long address) {
        if (at < legs.size()) {
            Leg leg = legs.get(at);
            boolean asSaid =
                    leg.end() == end
                            && (end != Leg.End.WAITS || leg.word().equals(places.word(address)));
            if (!asSaid && exactly) {
                throw new OffCourse(leg.line(), instead(leg, end, address));
            }
            if (!asSaid && leg.end() == Leg.End.BEFORE) {
                skipped.add(leg);
            }
        }
        return advance(baton);
    }

    private String instead(Leg leg, Leg.End end, long address) {
        String what = end == Leg.End.DONE ? "is done" : "waits for \"" + places.word(address) + '"';
        return leg.end() == Leg.End.BEFORE
                ? "task " + leg.task() + " " + what + " and never comes to " + leg.point()
                : "task " + leg.task() + " " + what + " and was to go on until " + rest(leg);
    }

    private static String rest(Leg leg) {
        return leg.end() == Leg.End.DONE ? "it is done" : "it waits for \"" + leg.word() + '"';
    }

    private int advance(Baton baton) {
        at++;
        while (!exactly && at < legs.size() && !baton.canGo(legs.get(at).task())) {
            skipped.add(legs.get(at++));
        }
        if (at < legs.size()) {
            Leg leg = legs.get(at);
            if (!baton.canGo(leg.task())) {
                throw new OffCourse(leg.line(), "task " + leg.task() + " cannot go on here");
            }
            return leg.task();
        }
        int left = baton.anybody();
        if (exactly && left != NOBODY) {
            int line = legs.get(legs.size() - 1).line();
            throw new OffCourse(line, "the schedule is over, and task " + left + " could go on");
        }
        return left;
    }
}
