package org.slubcheck.verdict;

import java.util.List;

/**
 * The smallest interleaving that was found to show a defect.
 *
 * @param preemptions how often a task had to give way that could have gone on
 * @param proven true when every schedule of the same calls with fewer preemptions was run, and
 *     none shows it, switching before any access; not between an access and the poisoning behind it,
 *     nor within a copy or a WRITE_ONCE of an int. False when that is only an upper bound
 * @param switches how often another task went on, for whatever reason
 * @param schedule the interleaving as a file that {@code replay-schedule} runs, see
 *     docs/schedules.md
 */
public record Minimal(int preemptions, boolean proven, int switches, List<String> schedule) {
    /** Copies the list; one that is missing is empty. */
    public Minimal {
        schedule = schedule == null ? List.of() : List.copyOf(schedule);
    }
}
