package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * A canary on a JDK: the mistake that the tool has to see, and the same without it.
 *
 * @param id which one
 * @param technique the tool
 * @param jdk the feature number of the JDK
 * @param seen its verdict on the mistake; null when there is none
 * @param twin its verdict on the fixed twin; null when there is none
 */
record CanaryRow(String id, Technique technique, int jdk, Entry seen, Entry twin) {
    private record Place(String id, Technique technique, int jdk) {}

    /** The canaries of a report, in its order; each JDK has a row of its own. */
    static List<CanaryRow> of(List<Entry> entries) {
        Map<Place, Entry> seen = new LinkedHashMap<>();
        Map<Place, Entry> twins = new LinkedHashMap<>();
        List<Place> places = new ArrayList<>();
        for (Entry e : entries) {
            if (e.canary()) {
                Verdict v = e.verdict();
                Place place = new Place(v.id(), v.technique(), e.jdk());
                (v.fixed() ? twins : seen).put(place, e);
                places.add(place);
            }
        }
        return places.stream()
                .distinct()
                .map(p -> new CanaryRow(p.id, p.technique, p.jdk, seen.get(p), twins.get(p)))
                .toList();
    }

    /** Its name without what all canaries begin with. */
    String name() {
        return id.substring(id.indexOf('.') + 1);
    }

    /**
     * Whether both came out as they must; one that is missing did not. What a tool is known not to
     * see has no twin.
     */
    boolean good() {
        return good(seen) && (blind() ? twin == null || good(twin) : good(twin));
    }

    private boolean blind() {
        return good(seen) && seen.verdict().outcome() == Outcome.TOOL_BLIND;
    }

    private static boolean good(Entry entry) {
        return entry != null && entry.expected();
    }

    /** Both verdicts as texts: first of the mistake, then of the fixed twin. */
    List<String> texts() {
        if (blind() && twin == null) {
            return List.of(
                    "known to be out of this tool's sight: TOOL-BLIND in "
                            + numbers(seen.verdict()),
                    "not needed");
        }
        return List.of(text(seen, "found after "), text(twin, "clean in "));
    }

    private static String text(Entry entry, String before) {
        if (entry == null) {
            return "missing";
        }
        Verdict v = entry.verdict();
        boolean told =
                v.outcome() == Outcome.FOUND && !v.fixed() || v.outcome().clean() && v.fixed();
        return (told ? before : v.outcome().label() + " in ") + numbers(v);
    }

    private static String numbers(Verdict v) {
        return Matrix.count(v.runs(), v.technique().unit())
                + (v.seconds() > 0 ? ", " + HtmlReport.seconds(v.seconds()) : "");
    }
}
