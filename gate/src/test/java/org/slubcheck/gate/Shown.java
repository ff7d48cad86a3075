package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds what a page shows of an output against the output. */
final class Shown {
    private Shown() {}

    /** What differs first, or null. */
    static String difference(List<String> shown, List<String> output) {
        List<List<String>> parts = parts(shown);
        int from = 0;
        for (int at = 0; at < parts.size(); at++) {
            List<String> part = parts.get(at);
            boolean last = at == parts.size() - 1;
            int found =
                    at == 0
                            ? (fits(part, output, 0) ? 0 : -1)
                            : find(part, output, last ? output.size() - part.size() : from, from);
            if (found < 0 || last && found + part.size() != output.size()) {
                return (part.isEmpty() ? "more is printed" : "not printed here: " + part)
                        + ", but from line "
                        + (from + 1)
                        + ":\n"
                        + String.join("\n", output.subList(from, output.size()));
            }
            from = found + part.size();
        }
        return null;
    }

    /** How many lines say only in part what they must be. */
    static long vague(List<String> shown) {
        return shown.stream()
                .filter(line -> !isGap(line) && line.contains(Lesson.LEFT_OUT))
                .count();
    }

    /** The lines between the gaps: the first part and the last one may be empty. */
    private static List<List<String>> parts(List<String> shown) {
        List<List<String>> parts = new ArrayList<>();
        parts.add(new ArrayList<>());
        for (String line : shown) {
            if (isGap(line)) {
                parts.add(new ArrayList<>());
            } else {
                parts.get(parts.size() - 1).add(line);
            }
        }
        return parts;
    }

    private static boolean isGap(String line) {
        return line.strip().equals(Lesson.LEFT_OUT);
    }

    private static int find(List<String> part, List<String> output, int from, int least) {
        for (int at = Math.max(from, least); at + part.size() <= output.size(); at++) {
            if (fits(part, output, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean fits(List<String> part, List<String> output, int at) {
        if (at + part.size() > output.size()) {
            return false;
        }
        for (int i = 0; i < part.size(); i++) {
            if (!pattern(part.get(i)).matcher(output.get(at + i).stripTrailing()).matches()) {
                return false;
            }
        }
        return true;
    }

    private static Pattern pattern(String line) {
        return Pattern.compile(
                Pattern.compile(Lesson.LEFT_OUT)
                        .splitAsStream(line.stripTrailing() + "\n")
                        .map(text -> Pattern.quote(text.replace("\n", "")))
                        .collect(Collectors.joining(".*")));
    }
}
