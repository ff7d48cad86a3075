package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Outcome;

/**
 * The result of a gate, as report.json has it; docs/json.md describes the fields.
 *
 * @param schema version of this format
 * @param profile the profile that was run
 * @param passed whether every verdict is what had to come out and none is missing
 * @param found defects found by every technique that looks for them
 * @param defects defects in the catalogue
 * @param verdicts everything that was run or should have been
 */
@JsonPropertyOrder({"schema", "profile", "passed", "found", "defects", "verdicts"})
record Report(
        int schema,
        String profile,
        boolean passed,
        long found,
        long defects,
        List<Entry> verdicts) {
    static final int SCHEMA = 1;

    /** Copies the list. */
    Report {
        verdicts = List.copyOf(verdicts);
    }

    /**
     * The report on what came out of a gate.
     *
     * @param whole whether the gate came to its end
     */
    static Report of(Profile profile, List<Entry> entries, boolean whole) {
        return new Report(
                SCHEMA,
                profile.label(),
                whole && Judgement.exit(entries) == Exit.OK,
                Catalogue.entries().stream().filter(defect -> foundByAll(defect, entries)).count(),
                Catalogue.entries().size(),
                entries);
    }

    private static boolean foundByAll(Catalogue.Entry defect, List<Entry> entries) {
        List<Entry> own =
                entries.stream()
                        .filter(e -> e.verdict().id().equals(defect.defect().id()))
                        .filter(e -> !e.verdict().fixed())
                        .toList();
        return !own.isEmpty() && own.stream().allMatch(e -> e.verdict().outcome() == Outcome.FOUND);
    }
}
