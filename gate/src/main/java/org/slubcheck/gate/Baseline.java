package org.slubcheck.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Drift;
import org.slubcheck.detection.Row;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * How easily defects are found, as it was measured and is part of the program; and what a gate, which
 * has one run a row, can say against it.
 *
 * <p>A gate draws from a fixed seed. As long as nothing is drawn otherwise a quick one sees what the
 * baseline has of that seed, and never raises an alarm; a change of a property or its generators draws
 * anew, and then the chance of a false alarm is {@link Drift#ALPHA}. So does a profile with more tries,
 * which are taken to have the same chances although jqwik mixes fewer edge cases into them.
 */
final class Baseline {
    private static final String TABLE = "detection.json";

    private Baseline() {}

    /** The table that the program has. */
    static Detection measured() {
        try (InputStream table = Baseline.class.getResourceAsStream(TABLE)) {
            if (table == null) {
                throw new IllegalStateException(TABLE + " is missing from the program");
            }
            return Json.MAPPER.readValue(table, Detection.class);
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE + " cannot be read", e);
        }
    }

    /**
     * A table from a file.
     *
     * @throws CliException when there is none in it
     */
    static Detection read(Path file) {
        try {
            Detection table = Json.MAPPER.readValue(Files.readAllBytes(file), Detection.class);
            if (table != null && table.schema() == Detection.SCHEMA) {
                if (table.rows().stream().allMatch(Baseline::whole)) {
                    return table;
                }
                throw CliException.usage(file + " is no table of detection: a row has no runs");
            }
        } catch (IOException e) {
            throw CliException.usage(file + " is no table of detection: it cannot be read as one");
        }
        throw CliException.usage(file + " is no table of detection of this version");
    }

    private static boolean whole(Row row) {
        return row.id() != null
                && row.technique() != null
                && row.subject() != null
                && !row.draws().isEmpty()
                && row.draws().stream().allMatch(draw -> draw.tries() > 0);
    }

    /**
     * The rows in the order of the catalogue, those of one defect by technique and subject: what is
     * measured last is in the same place as when all is measured at once. A defect that is not in the
     * catalogue any more comes last.
     */
    static List<Row> inOrder(List<Row> rows) {
        List<String> ids = Catalogue.entries().stream().map(e -> e.defect().id()).toList();
        return rows.stream()
                .sorted(
                        Comparator.comparingInt((Row row) -> place(ids, row.id()))
                                .thenComparing(Row::technique)
                                .thenComparing(Row::subject))
                .toList();
    }

    private static int place(List<String> ids, String id) {
        int place = ids.indexOf(id);
        return place < 0 ? ids.size() : place;
    }

    /** A table as text: a line a row, so that a change of it can be read. */
    static byte[] bytes(Detection table) {
        StringBuilder text = new StringBuilder();
        text.append("{\n\"schema\": ").append(table.schema());
        text.append(",\n\"commit\": ").append(line(table.commit()));
        text.append(",\n\"limit\": ").append(table.limit());
        text.append(",\n\"rows\": [\n");
        text.append(String.join(",\n", table.rows().stream().map(Baseline::line).toList()));
        return text.append("\n]\n}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String line(Object value) {
        try {
            return Json.MAPPER
                    .writer()
                    .without(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write JSON", e);
        }
    }

    /** The key of a row. */
    static String key(String id, Technique technique, String subject) {
        return new Row(id, technique.label(), subject, List.of()).key();
    }

    /** The entries of one JDK; what is found less easily than it was is not as it must be. */
    static List<Entry> hold(Detection baseline, List<Entry> entries) {
        List<Drift.Alarm> alarms =
                Drift.alarms(
                        baseline, entries.stream().flatMap(entry -> row(entry).stream()).toList());
        List<Entry> held = new ArrayList<>();
        for (Entry entry : entries) {
            Optional<Row> row = row(entry);
            held.add(
                    alarms.stream()
                            .filter(alarm -> row.isPresent() && alarm.now().equals(row.get()))
                            .findFirst()
                            .map(alarm -> entry.weakened(text(alarm)))
                            .orElse(entry));
        }
        return held;
    }

    /** What a verdict says of its row; nothing unless it found a defect by chance. */
    private static Optional<Row> row(Entry entry) {
        Verdict v = entry.verdict();
        if (v.seed().isEmpty() || v.fixed() || v.outcome() != Outcome.FOUND) {
            return Optional.empty();
        }
        return Optional.of(
                new Row(
                        v.id(),
                        v.technique().label(),
                        v.subject(),
                        List.of(new Draw(v.seed(), v.runs(), true))));
    }

    private static String text(Drift.Alarm alarm) {
        return String.format(
                Locale.ROOT,
                "found less easily than it was: after %d tries; the baseline has %d finds in %d"
                        + " tries, p = %.1e; docs/detection.md",
                alarm.now().tries(),
                alarm.before().finds(),
                alarm.before().tries(),
                alarm.p());
    }
}
