package org.slubcheck.trace;

import java.util.List;

/**
 * What a replay found.
 *
 * @param totals what the trace adds up to
 * @param caches what it says of each cache
 * @param otherEvents events of other kinds, passed over
 * @param lostMarks places where the recording lost events: the counts are then those of what is left
 * @param lostEvents events lost there, as far as the kernel says
 * @param checkpoints times that all books were compared
 * @param violations how often something was wrong
 * @param messages the first of them
 */
public record ReplayResult(
        TraceTotals totals,
        List<TracedCache> caches,
        long otherEvents,
        long lostMarks,
        long lostEvents,
        int checkpoints,
        long violations,
        List<String> messages) {

    /** Copies the lists. */
    public ReplayResult {
        caches = List.copyOf(caches);
        messages = List.copyOf(messages);
    }

    /** Whether nothing was wrong. */
    public boolean clean() {
        return violations == 0;
    }

    /** The last line of the command. */
    public String summary() {
        return "replay: events="
                + totals.events()
                + " allocs="
                + totals.allocs()
                + " frees="
                + totals.frees()
                + " foreign="
                + totals.foreign()
                + " implied="
                + totals.implied()
                + " live="
                + totals.live()
                + " violations="
                + violations;
    }
}
