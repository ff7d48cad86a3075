package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Goes through every schedule with at most so many preemptions, one a run: depth first over all
 * decisions there are, which are who begins, who goes on when a task waits or is over, and, before
 * each access of a task but its first, whether it gives way and to whom. (To give way before the
 * first access is to begin later.)
 *
 * <p>A run follows the choices that were made for it and takes the first everywhere behind them;
 * what else could have been chosen there is left to later runs. So every schedule is run once,
 * given that a run depends on nothing but its choices, which {@link Baton} sees to.
 */
final class Choices {
    private final int bound;
    private final List<int[]> path = new ArrayList<>();
    private boolean more = true;

    /**
     * @param bound so many preemptions at most
     */
    Choices(int bound) {
        this.bound = bound;
    }

    /** The director of the next run; null when every schedule was run. */
    Director next() {
        if (!more) {
            return null;
        }
        return new Run();
    }

    /** After a run: makes the last choice that has an alternative another one. */
    void over() {
        while (!path.isEmpty()) {
            int[] last = path.get(path.size() - 1);
            if (last[CHOSEN] + 1 < last[OF]) {
                last[CHOSEN]++;
                return;
            }
            path.remove(path.size() - 1);
        }
        more = false;
    }

    /** Of a decision: which of its options is taken, from 0, and how many there are. */
    private static final int CHOSEN = 0;

    private static final int OF = 1;

    /** One run. */
    private final class Run implements Director {
        private int at;
        private int preemptions;
        private int heir = NOBODY;

        @Override
        public int first(Baton baton) {
            return oneOf(others(baton, NOBODY));
        }

        @Override
        public boolean leaves(Baton baton, int task, long address) {
            // Who waits gives way anyhow: that is a decision of next, not of this one.
            if (preemptions == bound || baton.accesses(task) == 0 || !baton.canGo(task)) {
                return false;
            }
            List<Integer> others = others(baton, task);
            int chosen = others.isEmpty() ? 0 : choose(others.size() + 1);
            heir = chosen == 0 ? NOBODY : others.get(chosen - 1);
            return chosen > 0;
        }

        @Override
        public int next(Baton baton, int task, Leg.End end, long address) {
            if (end == Leg.End.BEFORE) {
                preemptions++;
                return heir;
            }
            return oneOf(others(baton, NOBODY));
        }

        private int oneOf(List<Integer> tasks) {
            return tasks.isEmpty() ? NOBODY : tasks.get(choose(tasks.size()));
        }

        private List<Integer> others(Baton baton, int task) {
            List<Integer> others = new ArrayList<>();
            for (int other : baton.tasks()) {
                if (other != task && baton.canGo(other)) {
                    others.add(other);
                }
            }
            return others;
        }

        private int choose(int options) {
            if (options == 1) {
                return 0;
            }
            if (at == path.size()) {
                path.add(new int[] {0, options});
            }
            return path.get(at++)[CHOSEN];
        }
    }
}
