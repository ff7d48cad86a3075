package org.slubcheck.scenarios;

import java.util.Comparator;

/**
 * One of the calls that a task makes.
 *
 * @param task the task
 * @param number its place among the task's {@link Scenario#calls calls}, from 0
 */
public record Call(int task, int number) implements Comparable<Call> {
    private static final Comparator<Call> ORDER =
            Comparator.comparingInt(Call::task).thenComparingInt(Call::number);

    /** By task, then in the order in which the task makes them. */
    @Override
    public int compareTo(Call other) {
        return ORDER.compare(this, other);
    }
}
