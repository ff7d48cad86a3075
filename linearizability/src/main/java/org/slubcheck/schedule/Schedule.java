package org.slubcheck.schedule;

import java.util.List;
import java.util.Map;

/**
 * An interleaving of a scenario that shows a defect.
 *
 * @param scenario the scenario's id
 * @param defect the defect's id
 * @param machine the machine that it was found on, as {@link Machines} writes it
 * @param preemptions how many legs end with a preemption
 * @param symptom the first line of what was wrong when it was recorded
 * @param tasks what each task does that takes part, by its number in the scenario
 * @param legs what is run, in order
 */
public record Schedule(
        String scenario,
        String defect,
        String machine,
        int preemptions,
        String symptom,
        Map<Integer, String> tasks,
        List<Leg> legs) {
    /** Copies the collections. */
    public Schedule {
        tasks = Map.copyOf(tasks);
        legs = List.copyOf(legs);
    }
}
