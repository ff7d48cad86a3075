package org.slubcheck.schedule;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slubcheck.scenarios.Call;

/**
 * An interleaving of a scenario that shows a defect.
 *
 * @param scenario the scenario's id
 * @param defect the defect's id
 * @param machine the machine that it was found on, as {@link Machines} writes it
 * @param preemptions how many legs end with a preemption
 * @param symptom the first line of what was wrong when it was recorded
 * @param tasks what each task does that takes part, by its number in the scenario
 * @param without calls that those tasks leave out
 * @param legs what is run, in order
 */
public record Schedule(
        String scenario,
        String defect,
        String machine,
        int preemptions,
        String symptom,
        Map<Integer, String> tasks,
        SortedSet<Call> without,
        List<Leg> legs) {
    /** Copies the collections. */
    public Schedule {
        tasks = Map.copyOf(tasks);
        without = Collections.unmodifiableSortedSet(new TreeSet<>(without));
        legs = List.copyOf(legs);
    }

    /** The tasks and the calls that take part. */
    Cast cast() {
        return new Cast(List.copyOf(tasks.keySet()), without);
    }
}
