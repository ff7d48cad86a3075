package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * An interleaving as the decisions that make it: at which switch point, counted from the start, which
 * task goes on. Everything else follows, so that the same code always does the same.
 *
 * @param positions switch points
 * @param choices the task that goes on at each
 */
record Schedule(List<Integer> positions, List<Integer> choices) {
    private static final String SYNTAX = "(\\d+>\\d+)(,\\d+>\\d+)*|-";

    Schedule {
        positions = List.copyOf(positions);
        choices = List.copyOf(choices);
    }

    /** How many decisions. */
    int decisions() {
        return choices.size();
    }

    /** Its first decisions. */
    Schedule first(int n) {
        return new Schedule(positions.subList(0, n), choices.subList(0, n));
    }

    /** As a verdict's seed has it: {@code 0>1,7>0} is task 1 first, and task 0 from point 7 on. */
    @Override
    public String toString() {
        if (choices.isEmpty()) {
            return "-";
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            parts.add(positions.get(i) + ">" + choices.get(i));
        }
        return String.join(",", parts);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Schedule of(String text) {
        if (!text.matches(SYNTAX)) {
            throw new IllegalArgumentException("not an interleaving: " + text);
        }
        List<Integer> positions = new ArrayList<>();
        List<Integer> choices = new ArrayList<>();
        if (!text.equals("-")) {
            for (String part : text.split(",", -1)) {
                int sign = part.indexOf('>');
                positions.add(Integer.valueOf(part.substring(0, sign)));
                choices.add(Integer.valueOf(part.substring(sign + 1)));
            }
        }
        return new Schedule(positions, choices);
    }
}
