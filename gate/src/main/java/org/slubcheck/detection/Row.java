package org.slubcheck.detection;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.verdict.Technique;

/**
 * How often a technique found a defect.
 *
 * @param id the defect
 * @param technique the label of the technique
 * @param subject the property, or the scenario of a stress test
 * @param draws a run for each seed
 */
public record Row(String id, String technique, String subject, List<Draw> draws) {
    /** Copies the list. */
    public Row {
        draws = draws == null ? List.of() : List.copyOf(draws);
    }

    /** What names a row in its table. */
    public String key() {
        return id + " by " + technique + " on " + subject;
    }

    /**
     * Whether what is seen later is held against it. What properties and boots draw depends on their
     * seed only. A round of stress depends on the machine and on what else runs there, so of such a
     * row the chance is told and nothing is concluded.
     */
    public boolean compared() {
        return !technique.equals(Technique.STRESS.label());
    }

    /** Runs in which the defect was found. */
    public long finds() {
        return draws.stream().filter(Draw::found).count();
    }

    /** Tries of all runs. */
    public long tries() {
        return draws.stream().mapToLong(Draw::tries).sum();
    }

    /** The chance of a single try. */
    public Chance chance() {
        return Chance.of(finds(), tries());
    }

    /** Whether there is a run from this seed. */
    public boolean has(String seed) {
        return draws.stream().anyMatch(draw -> draw.seed().equals(seed));
    }

    /** With the runs of another measurement; of a seed that both have, this one's run stays. */
    public Row plus(List<Draw> more) {
        Map<String, Draw> all = new LinkedHashMap<>();
        draws.forEach(draw -> all.put(draw.seed(), draw));
        more.forEach(draw -> all.putIfAbsent(draw.seed(), draw));
        return new Row(id, technique, subject, List.copyOf(all.values()));
    }
}
