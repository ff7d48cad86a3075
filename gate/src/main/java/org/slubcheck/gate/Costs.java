package org.slubcheck.gate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * What each job of a gate took when it was last measured, from a table that is part of the program:
 * all shards must see the same one. {@code merge --costs} writes a new table from reports.
 *
 * <p>A job that is not in the table counts as the median of its technique.
 */
final class Costs {
    private static final String TABLE = "costs.tsv";
    private static final double UNKNOWN_SECONDS = 1;

    private final Map<String, Double> seconds;
    private final Map<Technique, Double> medians = new EnumMap<>(Technique.class);

    private Costs(Map<String, Double> seconds) {
        this.seconds = seconds;
        for (Technique technique : Technique.values()) {
            String mark = " by " + technique.label() + " on ";
            double[] all =
                    seconds.entrySet().stream()
                            .filter(e -> e.getKey().contains(mark))
                            .mapToDouble(Map.Entry::getValue)
                            .sorted()
                            .toArray();
            medians.put(technique, all.length == 0 ? UNKNOWN_SECONDS : all[all.length / 2]);
        }
    }

    /** The table that the program has. */
    static Costs measured() {
        try (InputStream table = Costs.class.getResourceAsStream(TABLE)) {
            if (table == null) {
                throw new IllegalStateException(TABLE + " is missing from the program");
            }
            return read(
                    new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))
                            .lines()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE + " cannot be read", e);
        }
    }

    /** A table: seconds, a tab, the key. */
    static Costs read(List<String> lines) {
        Map<String, Double> seconds = new HashMap<>();
        for (String line : lines) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                seconds.put(line.substring(tab + 1), Double.valueOf(line.substring(0, tab)));
            }
        }
        return new Costs(seconds);
    }

    /** The table for these verdicts, by key; where several JDKs ran a job, the mean. */
    static List<String> table(List<Verdict> verdicts) {
        Map<String, double[]> sums = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            double[] sum = sums.computeIfAbsent(Key.of(verdict).toString(), any -> new double[2]);
            sum[0] += verdict.seconds();
            sum[1]++;
        }
        return sums.entrySet().stream()
                .map(
                        e ->
                                String.format(
                                        Locale.ROOT,
                                        "%.2f\t%s",
                                        e.getValue()[0] / e.getValue()[1],
                                        e.getKey()))
                .toList();
    }

    /** What a job is expected to take. */
    double seconds(Key key) {
        return seconds.getOrDefault(key.toString(), medians.get(key.technique()));
    }
}
