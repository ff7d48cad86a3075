package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.slubcheck.scenarios.Call;
import org.slubcheck.scenarios.Scenario;

/**
 * Which tasks of a scenario take part, and which of their calls they leave out.
 *
 * @param tasks in the order of the scenario
 * @param without calls of those tasks; never all of a task
 */
record Cast(List<Integer> tasks, SortedSet<Call> without) {
    /** Copies the collections. */
    Cast {
        tasks = tasks.stream().sorted().toList();
        without = Collections.unmodifiableSortedSet(new TreeSet<>(without));
    }

    /** Some tasks, with all their calls. */
    static Cast of(List<Integer> tasks) {
        return new Cast(tasks, Collections.emptySortedSet());
    }

    /** All tasks, with all their calls. */
    static Cast all(Scenario scenario) {
        return of(IntStream.range(0, scenario.tasks().size()).boxed().toList());
    }

    /** How many calls are made. */
    int calls(Scenario scenario) {
        return tasks.stream().mapToInt(task -> scenario.calls(task).size()).sum() - without.size();
    }

    /**
     * Each cast that has a call less; a task that has only one is left out with it. Of calls that are
     * the same and follow one another the last goes: without another it would be the same cast.
     */
    List<Cast> smaller(Scenario scenario) {
        List<Cast> all = new ArrayList<>();
        for (int task : tasks) {
            List<Call> made =
                    IntStream.range(0, scenario.calls(task).size())
                            .mapToObj(number -> new Call(task, number))
                            .filter(call -> !without.contains(call))
                            .toList();
            if (made.size() > 1) {
                for (int i = 0; i < made.size(); i++) {
                    List<String> calls = scenario.calls(task);
                    boolean again =
                            i + 1 < made.size()
                                    && calls.get(made.get(i).number())
                                            .equals(calls.get(made.get(i + 1).number()));
                    if (!again) {
                        all.add(leavingOut(made.get(i)));
                    }
                }
            } else if (tasks.size() > 1) {
                all.add(without(task));
            }
        }
        return all;
    }

    private Cast leavingOut(Call call) {
        TreeSet<Call> fewer = new TreeSet<>(without);
        fewer.add(call);
        return new Cast(tasks, fewer);
    }

    private Cast without(int task) {
        List<Integer> others = tasks.stream().filter(t -> t != task).toList();
        TreeSet<Call> theirs = new TreeSet<>(without);
        theirs.removeIf(call -> call.task() == task);
        return new Cast(others, theirs);
    }
}
