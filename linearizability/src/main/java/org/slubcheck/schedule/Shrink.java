package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.scenarios.Trial;

/**
 * Makes a failing schedule small, by trying smaller ones: fewer preemptions, then fewer switches,
 * then fewer calls, and tasks without a call.
 *
 * <p>How many preemptions are needed is proven where that can be paid for: with {@link Choices} every
 * schedule without one is run, and when none of them fails and the best has two or more, every one
 * with one, at any access. A best of three or more, or a search that was given up, leaves an upper
 * bound. Which schedule comes out depends on the code alone.
 */
final class Shrink {
    /**
     * Schedules that are run to prove that fewer preemptions do not do; one takes less than a
     * millisecond. The scenarios of the catalogue have up to 1 500 with one preemption.
     */
    static final int MOST = 20_000;

    /** A schedule that fails, and how. */
    record Candidate(Cast cast, List<Counted.Stage> stages, Replayer.Result result) {
        int preemptions() {
            return result.baton().preemptions();
        }
    }

    /**
     * What comes of it.
     *
     * @param schedule the smallest that was found
     * @param proven whether no schedule of its calls with fewer preemptions fails
     */
    record Smallest(Candidate schedule, boolean proven) {}

    private final Replayer replayer;
    private final Supplier<Replayer> fixed;
    private final Comparator<Candidate> size;
    private final int most;
    private Candidate best;
    private boolean proven;

    private Shrink(Replayer replayer, Supplier<Replayer> fixed, Candidate first, int most) {
        this.replayer = replayer;
        this.fixed = fixed;
        this.best = first;
        this.most = most;
        this.size =
                Comparator.comparingInt(Candidate::preemptions)
                        .thenComparingInt(c -> c.result.baton().passages().size())
                        .thenComparingInt(c -> c.cast.calls(replayer.template().scenario()))
                        .thenComparingInt(c -> c.cast.tasks().size());
    }

    /** What a log shows: the tasks, and up to where each ran. */
    static List<Counted.Stage> stages(Trial trial, AccessLog log) {
        List<Counted.Stage> stages = new ArrayList<>();
        int[] accesses = new int[trial.scenario().tasks().size()];
        for (int i = 0; i < log.size(); i++) {
            int task = trial.taskOf(log.thread(i));
            accesses[task]++;
            if (i + 1 == log.size() || log.thread(i + 1) != log.thread(i)) {
                stages.add(new Counted.Stage(task, accesses[task]));
            }
        }
        return stages;
    }

    /** Runs stages; null when that does not show what is looked for. */
    static Candidate candidate(Replayer replayer, Cast cast, List<Counted.Stage> stages) {
        Replayer.Result result = replayer.run(cast, trial -> new Counted(stages));
        return result.found() ? new Candidate(cast, asRun(result.baton()), result) : null;
    }

    /** The stages that a run had, without those that were passed over. */
    private static List<Counted.Stage> asRun(Baton baton) {
        return baton.passages().stream()
                .map(
                        p ->
                                new Counted.Stage(
                                        p.task(),
                                        p.end() == Leg.End.BEFORE ? p.accesses() : Counted.WHOLE))
                .toList();
    }

    /**
     * The smallest that is found from a failing schedule on.
     *
     * @param fixed runs the same scenario with the fixed code, and takes anything wrong for a find;
     *     asked for when it is needed
     */
    static Smallest of(Replayer replayer, Supplier<Replayer> fixed, Candidate first) {
        return of(replayer, fixed, first, MOST);
    }

    /**
     * The same.
     *
     * @param most how many schedules are run for a proof, each time
     */
    static Smallest of(Replayer replayer, Supplier<Replayer> fixed, Candidate first, int most) {
        Shrink shrink = new Shrink(replayer, fixed, first, most);
        shrink.switches();
        while (shrink.calls()) {
            shrink.switches();
        }
        return new Smallest(shrink.best, shrink.proven);
    }

    private boolean keep(Candidate candidate) {
        boolean better = candidate != null && size.compare(candidate, best) < 0;
        if (better) {
            best = candidate;
        }
        return better;
    }

    // ---- switches

    private void switches() {
        dropEach();
        proven = best.preemptions() == 0 || exhausted(0);
        if (proven && best.preemptions() > 1) {
            proven = exhausted(1) && best.preemptions() <= 2;
        }
    }

    /** Lets a task run on where it is preempted, for as long as that leaves something smaller. */
    private void dropEach() {
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (int i = 0; i < best.stages.size() && !smaller; i++) {
                Counted.Stage stage = best.stages.get(i);
                if (stage.until() != Counted.WHOLE) {
                    List<Counted.Stage> stages = new ArrayList<>(best.stages);
                    stages.set(i, new Counted.Stage(stage.task(), Counted.WHOLE));
                    smaller = keep(candidate(replayer, best.cast, stages));
                }
            }
        }
    }

    /**
     * Runs every schedule with so many preemptions or fewer, until one fails; without preemptions all
     * of them, as there are few, for the one with the fewest switches.
     *
     * @return true when no schedule is left that was not run and could be better; false also when
     *     one failed that does not when it is run from its stages
     */
    private boolean exhausted(int preemptions) {
        Choices choices = new Choices(preemptions);
        Cast cast = best.cast;
        for (int runs = 0; runs < most; runs++) {
            Director director = choices.next();
            if (director == null) {
                return true;
            }
            Replayer.Result result = replayer.run(cast, trial -> director);
            choices.over();
            if (result.found()) {
                Candidate found = candidate(replayer, cast, asRun(result.baton()));
                if (found == null) {
                    return false;
                }
                if (keep(found) && preemptions > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- calls

    /**
     * Leaves out a call that the failure does not need; true when there was one. An oracle may count
     * on the work of all: so only where the fixed code is clean under this schedule without it, and
     * comes to the step. A call that can go with all switches where they are goes first.
     */
    private boolean calls() {
        List<Cast> smaller = best.cast.smaller(replayer.template().scenario());
        for (Cast fewer : smaller) {
            List<Counted.Stage> stages =
                    best.stages.stream()
                            .filter(stage -> fewer.tasks().contains(stage.task()))
                            .toList();
            if (leavesOut(candidate(replayer, fewer, stages))) {
                return true;
            }
        }
        for (Cast fewer : smaller) {
            if (fewer.tasks().equals(best.cast.tasks()) && leavesOut(elsewhere(fewer))) {
                return true;
            }
        }
        return false;
    }

    private boolean leavesOut(Candidate candidate) {
        return candidate != null && cleanWhenFixed(candidate) && keep(candidate);
    }

    /**
     * A schedule of a cast that fails with no more preemptions than the best has, at whichever access;
     * null when there is none, or the best has more than one. A preemption is known by the number of
     * accesses before it, which is another one when the task leaves out a call.
     */
    private Candidate elsewhere(Cast cast) {
        Choices choices = new Choices(Math.min(best.preemptions(), 1));
        for (int runs = 0; runs < most && best.preemptions() <= 1; runs++) {
            Director director = choices.next();
            if (director == null) {
                return null;
            }
            Replayer.Result result = replayer.run(cast, trial -> director);
            choices.over();
            if (result.found()) {
                return candidate(replayer, cast, asRun(result.baton()));
            }
        }
        return null;
    }

    private boolean cleanWhenFixed(Candidate candidate) {
        Replayer.Result result =
                fixed.get().run(candidate.cast, trial -> new Counted(candidate.stages));
        return result.reached() && result.fault() == null && result.violations().isEmpty();
    }
}
