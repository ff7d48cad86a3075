package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slubcheck.detection.Chance;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Drift;
import org.slubcheck.detection.Row;
import org.slubcheck.verdict.Technique;

/**
 * A table of detection as Markdown: the one in docs/detection.md. A column that means nothing in a
 * row has a dash, and one of ASCII: the lines are printed on terminals of any character set.
 */
final class DetectionTable {
    private static final String NOTHING = "-";

    private static final double SURE = 0.99;
    private static final double TENTH = 0.1;

    private DetectionTable() {}

    /** The lines. */
    static List<String> of(Detection table) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| defect | technique | runs | found | tries | chance of a try (95 %) | tries for 99 %"
                        + " | a run misses it | alarm after | a tenth is seen |");
        lines.add("|---|---|--:|--:|--:|---|--:|--:|--:|--:|");
        for (Row row : table.rows()) {
            lines.add(line(table, row));
        }
        return lines;
    }

    private static String line(Detection table, Row row) {
        Chance chance = row.chance();
        long alarm = Drift.alarmAfter(table, row);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %s (%s to %s) | %s | %s | %s | %s |",
                row.id(),
                row.technique(),
                row.draws().size(),
                row.finds(),
                row.tries(),
                share(chance.estimate()),
                share(chance.low()),
                share(chance.high()),
                tries(Chance.needed(chance.low(), SURE)),
                rare(Chance.missed(chance.low(), limit(table, row))),
                tries(alarm),
                alarm < 0 ? NOTHING : share(Chance.missed(TENTH * chance.estimate(), alarm)));
    }

    /** The tries of a quick gate that finds nothing: of stress, its rounds. */
    private static int limit(Detection table, Row row) {
        return row.technique().equals(Technique.STRESS.label())
                ? Profile.QUICK.stress().rounds()
                : table.limit();
    }

    /** A line for a terminal. */
    static String summary(Row row) {
        Chance chance = row.chance();
        return String.format(
                Locale.ROOT,
                "%-5s %-9s found in %d of %d runs, %d tries: %s a try (95 %%: %s to %s), %s for 99 %%",
                row.id(),
                row.technique(),
                row.finds(),
                row.draws().size(),
                row.tries(),
                share(chance.estimate()),
                share(chance.low()),
                share(chance.high()),
                tries(Chance.needed(chance.low(), SURE)));
    }

    private static String tries(long n) {
        return n < 0 ? NOTHING : Long.toString(n);
    }

    private static String share(double share) {
        return share < TENTH
                ? String.format(Locale.ROOT, "%.2g %%", 100 * share)
                : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String rare(double share) {
        return share < 1e-9 ? "< 1e-9" : String.format(Locale.ROOT, "%.0e", share);
    }
}
