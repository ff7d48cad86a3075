package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes a list of sentences short for people: of KASAN's reports that differ in the address only the
 * first is told, and how many more there are. Whoever lays a queue over memory that is not its own is
 * reported once for every word.
 *
 * <p>For what is printed. What is counted, and looked through for a symptom, stays whole.
 */
final class Alike {
    private static final String KASAN = "BUG: KASAN: ";
    private static final Pattern ADDRESS =
            Pattern.compile("\\b0x[0-9a-f]+\\b|(?<=at addr )[0-9a-f]{16}\\b");

    private Alike() {}

    /** The sentences in their order, those that are like an earlier one left out. */
    static List<String> folded(List<String> sentences) {
        Map<String, Integer> times = new HashMap<>();
        for (String sentence : sentences) {
            times.merge(kind(sentence), 1, Integer::sum);
        }
        List<String> told = new ArrayList<>();
        for (String sentence : sentences) {
            if (!sentence.startsWith(KASAN)) {
                told.add(sentence);
                continue;
            }
            Integer count = times.remove(kind(sentence));
            if (count != null) {
                told.add(
                        count == 1
                                ? sentence
                                : sentence + "\nand " + (count - 1) + " more like it");
            }
        }
        return told;
    }

    private static String kind(String sentence) {
        return ADDRESS.matcher(sentence).replaceAll("address");
    }
}
