package org.slubcheck.gate;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Technique;

/** Finds what a user names, or says what there is. */
final class Ids {
    /** Ids have three or four characters: two changed ones are no typing error any more. */
    private static final int NEAR = 2;

    private static final int SUGGESTIONS = 3;

    private Ids() {}

    /** The catalogue entry of an id. */
    static Catalogue.Entry entry(String id) {
        return Catalogue.byId(id).orElseThrow(() -> CliException.usage(unknown(id)));
    }

    private static String unknown(String id) {
        List<String> near =
                Catalogue.entries().stream()
                        .map(e -> e.defect().id())
                        .filter(known -> distance(known, id) <= NEAR)
                        .sorted(Comparator.comparingInt(known -> distance(known, id)))
                        .limit(SUGGESTIONS)
                        .toList();
        return "no defect '"
                + id
                + "'; "
                + (near.isEmpty() ? "" : "nearest: " + String.join(", ", near) + "; ")
                + "'./slubcheck list' names all";
    }

    /**
     * The technique of a label, which must be one that looks for this defect. Without a label the
     * best one that tells what happened: real threads leave counts, and no time line.
     */
    static Technique technique(Catalogue.Entry entry, String label) {
        if (label == null) {
            boolean told =
                    entry.defect().best() != Technique.STRESS
                            || !entry.subjects().containsKey(Technique.MODEL);
            return told ? entry.defect().best() : Technique.MODEL;
        }
        Technique technique = Technique.of(label);
        if (technique == null || !entry.subjects().containsKey(technique)) {
            throw CliException.usage(
                    entry.defect().id()
                            + " is not looked for by '"
                            + label
                            + "'; there is "
                            + entry.subjects().keySet().stream()
                                    .sorted()
                                    .map(Technique::label)
                                    .collect(Collectors.joining(", ")));
        }
        return technique;
    }

    /** Edit distance, without regard to case; much when the lengths are far apart already. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > NEAR) {
            return Integer.MAX_VALUE;
        }
        String x = a.toLowerCase(java.util.Locale.ROOT);
        String y = b.toLowerCase(java.util.Locale.ROOT);
        int[] row = new int[y.length() + 1];
        for (int j = 0; j <= y.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= x.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= y.length(); j++) {
                int above = row[j];
                int change = x.charAt(i - 1) == y.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + change);
                diagonal = above;
            }
        }
        return row[y.length()];
    }
}
