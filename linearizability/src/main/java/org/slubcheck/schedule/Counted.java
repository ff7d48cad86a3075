package org.slubcheck.schedule;

import java.util.List;

/**
 * Follows a schedule that says by number of accesses how far each task gets, as far as it can be
 * followed: for a run that was logged, and for candidates that are made from it.
 *
 * <p>A stage of a task that is over, waits, or is there already is passed over. When a task waits or
 * ends before the end of its stage, the next stage begins. Behind the last stage the first task that
 * can go on does.
 */
final class Counted implements Director {
    /** As far as it gets. */
    static final int WHOLE = Integer.MAX_VALUE;

    /** Up to the access of a task with this number, from 0. */
    record Stage(int task, int until) {}

    private final List<Stage> stages;
    private int at = -1;

    Counted(List<Stage> stages) {
        this.stages = List.copyOf(stages);
    }

    @Override
    public int first(Baton baton) {
        return advance(baton);
    }

    @Override
    public boolean leaves(Baton baton, int task, long address) {
        return at < stages.size() && baton.accesses(task) == stages.get(at).until;
    }

    @Override
    public int next(Baton baton, int task, Leg.End end, long address) {
        return advance(baton);
    }

    private int advance(Baton baton) {
        for (at++; at < stages.size(); at++) {
            Stage stage = stages.get(at);
            if (baton.canGo(stage.task) && baton.accesses(stage.task) < stage.until) {
                return stage.task;
            }
        }
        return baton.anybody();
    }
}
