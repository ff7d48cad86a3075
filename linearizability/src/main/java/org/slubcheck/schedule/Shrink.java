package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.scenarios.Trial;

/**
 * Makes a failing schedule small, by trying smaller ones: fewer preemptions, then fewer switches,
 * then fewer tasks.
 *
 * <p>Every order of whole tasks is tried, and if a schedule with two preemptions or more is left,
 * every schedule with one at a marked access; so 0, 1 and 2 are what the failure needs, and a higher
 * number is at least what it takes. Which schedule comes out depends on the code alone.
 */
final class Shrink {
    private static final Comparator<Candidate> SIZE =
            Comparator.comparingInt((Candidate c) -> c.tasks.size())
                    .thenComparingInt(c -> c.result.baton().preemptions())
                    .thenComparingInt(c -> c.result.baton().passages().size());

    /** A schedule that fails, and how. */
    record Candidate(List<Integer> tasks, List<Counted.Stage> stages, Replayer.Result result) {}

    private final Replayer replayer;
    private final Supplier<Replayer> fixed;
    private Candidate best;

    private Shrink(Replayer replayer, Supplier<Replayer> fixed, Candidate first) {
        this.replayer = replayer;
        this.fixed = fixed;
        this.best = first;
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
    static Candidate candidate(Replayer replayer, List<Integer> tasks, List<Counted.Stage> stages) {
        Replayer.Result result = replayer.run(tasks, trial -> new Counted(stages));
        return result.found() ? new Candidate(tasks, asRun(result.baton()), result) : null;
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
    static Candidate of(Replayer replayer, Supplier<Replayer> fixed, Candidate first) {
        Shrink shrink = new Shrink(replayer, fixed, first);
        shrink.switches();
        shrink.tasks();
        return shrink.best;
    }

    private int preemptions() {
        return best.result.baton().preemptions();
    }

    private boolean keep(Candidate candidate) {
        boolean better = candidate != null && SIZE.compare(candidate, best) < 0;
        if (better) {
            best = candidate;
        }
        return better;
    }

    // ---- switches

    private void switches() {
        if (preemptions() > 0) {
            orders(best.tasks).forEach(order -> keep(inOrder(order)));
        }
        dropEach();
        if (preemptions() > 1) {
            onePreemption();
        }
    }

    private Candidate inOrder(List<Integer> order) {
        return candidate(replayer, best.tasks, order.stream().map(Shrink::whole).toList());
    }

    private static Counted.Stage whole(int task) {
        return new Counted.Stage(task, Counted.WHOLE);
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
                    stages.set(i, whole(stage.task()));
                    smaller = keep(candidate(replayer, best.tasks, stages));
                }
            }
        }
    }

    /** All schedules with one preemption, until one fails. */
    private void onePreemption() {
        for (List<Integer> order : orders(best.tasks)) {
            int victim = order.get(0);
            List<Integer> points = markedAccesses(order);
            for (int point : points) {
                List<Counted.Stage> stages = new ArrayList<>();
                stages.add(new Counted.Stage(victim, point));
                order.stream().skip(1).forEach(task -> stages.add(whole(task)));
                stages.add(whole(victim));
                Candidate candidate = candidate(replayer, best.tasks, stages);
                if (candidate != null && candidate.result.baton().preemptions() <= 1) {
                    keep(candidate);
                    return;
                }
            }
        }
    }

    /** The numbers of the marked accesses that the first task makes when it runs alone. */
    private List<Integer> markedAccesses(List<Integer> order) {
        List<Counted.Stage> stages = order.stream().map(Shrink::whole).toList();
        Trial trial = replayer.run(best.tasks, any -> new Counted(stages)).baton().trial();
        AccessLog log = trial.kernel().checked().log();
        List<Integer> points = new ArrayList<>();
        int accesses = 0;
        for (int i = 0; i < log.size(); i++) {
            if (trial.taskOf(log.thread(i)) == order.get(0)) {
                if (log.kind(i).marked() && accesses > 0) {
                    points.add(accesses);
                }
                accesses++;
            }
        }
        return points;
    }

    // ---- operations

    /**
     * Leaves out the tasks that the failure does not need. An oracle may count on the work of all: so
     * only where the fixed code is clean without that task, and comes to the step.
     */
    private void tasks() {
        for (int task : List.copyOf(best.tasks)) {
            if (best.tasks.size() > 1) {
                List<Integer> tasks = best.tasks.stream().filter(t -> t != task).toList();
                List<Counted.Stage> stages =
                        best.stages.stream().filter(stage -> stage.task() != task).toList();
                Candidate candidate = candidate(replayer, tasks, stages);
                if (candidate != null && cleanWhenFixed(tasks, stages)) {
                    keep(candidate);
                }
            }
        }
    }

    private boolean cleanWhenFixed(List<Integer> tasks, List<Counted.Stage> stages) {
        Replayer.Result result = fixed.get().run(tasks, trial -> new Counted(stages));
        return result.reached() && result.fault() == null && result.violations().isEmpty();
    }

    /** All orders of some tasks. */
    private static List<List<Integer>> orders(List<Integer> tasks) {
        if (tasks.isEmpty()) {
            return List.of(List.of());
        }
        return IntStream.range(0, tasks.size())
                .boxed()
                .flatMap(
                        i -> {
                            List<Integer> rest = new ArrayList<>(tasks);
                            Integer first = rest.remove((int) i);
                            return orders(rest).stream()
                                    .map(
                                            tail -> {
                                                List<Integer> order = new ArrayList<>();
                                                order.add(Objects.requireNonNull(first));
                                                order.addAll(tail);
                                                return order;
                                            });
                        })
                .toList();
    }
}
