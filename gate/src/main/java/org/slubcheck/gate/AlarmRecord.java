package org.slubcheck.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slubcheck.detection.Chance;
import org.slubcheck.detection.FixedRun;

/** The runs of the fixed code that are kept, a JSON line each, and what they say together. */
final class AlarmRecord {
    private static final String KEPT = "false-alarms.jsonl";
    private static final double HOUR = 3600;
    private static final double TINY = 1e-9;

    private AlarmRecord() {}

    /** The record that is part of the program. */
    static List<FixedRun> kept() {
        try (InputStream lines = AlarmRecord.class.getResourceAsStream(KEPT)) {
            if (lines == null) {
                throw new IllegalStateException(KEPT + " is missing from the program");
            }
            return parse(KEPT, new String(lines.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(KEPT + " cannot be read", e);
        }
    }

    /**
     * The record in a file; empty when there is none.
     *
     * @throws CliException (usage) when it is something else
     */
    static List<FixedRun> read(Path file) {
        try {
            return Files.exists(file) ? parse(file.toString(), Files.readString(file)) : List.of();
        } catch (IOException e) {
            throw CliException.usage(file + " is no record of runs: it cannot be read as one");
        }
    }

    private static List<FixedRun> parse(String name, String text) {
        List<FixedRun> runs = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String where = name + ": line " + (i + 1);
            FixedRun run = run(where, lines.get(i));
            if (runs.stream().anyMatch(run::sameRun)) {
                throw CliException.usage(where + " is run " + run.run() + " of its kind once more");
            }
            runs.add(run);
        }
        return runs;
    }

    private static FixedRun run(String where, String line) {
        try {
            FixedRun run = Json.MAPPER.readValue(line, FixedRun.class);
            boolean whole =
                    run != null
                            && run.schema() == FixedRun.SCHEMA
                            && run.profile() != null
                            && run.scope() != null
                            && run.commit() != null
                            && run.code() != null
                            && run.seed() != null;
            if (whole) {
                return run;
            }
        } catch (JsonProcessingException e) {
            throw CliException.usage(where + " is no run of the fixed code");
        }
        throw CliException.usage(where + " is no run of the fixed code of this version");
    }

    /**
     * Puts a run into the record in a file, in the place of one of its number that did not count.
     *
     * @return all that is there then
     * @throws CliException (fault) when it cannot be written, or another program has kept that run
     */
    static List<FixedRun> keep(Path file, FixedRun run) {
        List<FixedRun> all = new ArrayList<>(read(file));
        for (FixedRun there : all) {
            if (run.sameRun(there) && there.counts()) {
                throw new CliException(
                        Exit.FAULT,
                        "another program has kept run " + run.run() + " in " + file + " meanwhile");
            }
        }
        all.removeIf(run::sameRun);
        all.add(run);
        write(file, all);
        return all;
    }

    /**
     * Writes a record, whole or not at all.
     *
     * @throws CliException (fault) when it cannot be written
     */
    static void write(Path file, List<FixedRun> runs) {
        StringBuilder text = new StringBuilder();
        try {
            for (FixedRun run : runs) {
                text.append(
                                Json.MAPPER
                                        .writer()
                                        .without(SerializationFeature.INDENT_OUTPUT)
                                        .writeValueAsString(run))
                        .append('\n');
            }
            Reports.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Reports.fault("write", file, e);
        }
    }

    /** The table in docs/detection.md: a line for runs that are alike. */
    static List<String> table(List<FixedRun> runs) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| profile | checks | JDK | code | last commit | runs | their numbers | with an"
                        + " alarm | verdicts a run, drawn | chance of an alarm, 95 % | hours |");
        lines.add("|---|---|--:|---|---|--:|--:|--:|--:|--:|--:|");
        Map<String, List<FixedRun>> kinds = new LinkedHashMap<>();
        for (FixedRun run : runs) {
            String kind =
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %d | %s |",
                            run.profile(),
                            run.scope(),
                            run.jdk(),
                            run.code());
            kinds.computeIfAbsent(kind, any -> new ArrayList<>()).add(run);
        }
        kinds.forEach((kind, alike) -> lines.add(kind + row(alike)));
        return lines;
    }

    private static String row(List<FixedRun> alike) {
        List<FixedRun> counted = alike.stream().filter(FixedRun::counts).toList();
        List<FixedRun> shown = counted.isEmpty() ? alike : counted;
        FixedRun last = shown.get(shown.size() - 1);
        return String.format(
                Locale.ROOT,
                " %s | %d | %s | %d | %d, %d | %s | %.1f |",
                Commit.brief(last.commit()),
                counted.size(),
                numbers(counted),
                alarming(counted),
                last.verdicts(),
                last.drawn(),
                bound(counted),
                counted.stream().mapToDouble(FixedRun::seconds).sum() / HOUR);
    }

    /** How often a run gives a false alarm at most, with 95 %. */
    static String bound(List<FixedRun> counted) {
        if (counted.isEmpty()) {
            return "unknown";
        }
        double most = 100 * Chance.atMost(alarming(counted), counted.size());
        // Rounded up, as a limit has to be; but not for what a double adds to a whole percent.
        BigDecimal limit =
                BigDecimal.valueOf(most - TINY).round(new MathContext(2, RoundingMode.CEILING));
        return "below " + limit.toPlainString() + " %";
    }

    /** Which runs they are: the seeds are made from the numbers. */
    static String numbers(List<FixedRun> runs) {
        int[] sorted = runs.stream().mapToInt(FixedRun::run).sorted().toArray();
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < sorted.length; i++) {
            int first = sorted[i];
            while (i + 1 < sorted.length && sorted[i + 1] == sorted[i] + 1) {
                i++;
            }
            spans.add(first == sorted[i] ? "" + first : first + " to " + sorted[i]);
        }
        return spans.isEmpty() ? "-" : String.join(", ", spans);
    }

    /** Runs with an alarm. */
    static int alarming(List<FixedRun> runs) {
        return (int) runs.stream().filter(FixedRun::alarming).count();
    }
}
