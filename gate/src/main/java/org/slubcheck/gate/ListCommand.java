package org.slubcheck.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.verdict.Technique;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The catalogue. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the catalogue of defects with the last verdict on each.")
final class ListCommand implements Callable<Integer> {
    private static final String NONE = "not run";

    /** Every technique found it, and every fixed twin was clean. */
    private static final String FOUND = "FOUND";

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "print a JSON array")
    private boolean json;

    @Override
    public Integer call() {
        Map<String, String> last = lastVerdicts();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Catalogue.Entry entry : Catalogue.entries()) {
                rows.add(row(entry, last.getOrDefault(entry.defect().id(), NONE)));
            }
            Json.print(out, rows);
        } else {
            out.printf("%-5s %-38s %-8s %-24s %s%n", "id", "title", "engine", "techniques", "last");
            for (Catalogue.Entry entry : Catalogue.entries()) {
                Defect<?> defect = entry.defect();
                out.printf(
                        "%-5s %-38s %-8s %-24s %s%n",
                        defect.id(),
                        defect.title(),
                        "slubq",
                        techniques(entry),
                        last.getOrDefault(defect.id(), NONE));
            }
        }
        out.flush();
        return Exit.OK;
    }

    private static Map<String, Object> row(Catalogue.Entry entry, String last) {
        Map<String, Object> row = new LinkedHashMap<>();
        Map<String, String> subjects = new TreeMap<>();
        entry.subjects().forEach((technique, subject) -> subjects.put(technique.label(), subject));
        row.put("schema", Report.SCHEMA);
        row.put("id", entry.defect().id());
        row.put("title", entry.defect().title());
        row.put("source", entry.defect().story().source());
        row.put("engine", "slubq");
        row.put("step", entry.defect().step().name());
        row.put("best", entry.defect().best().label());
        row.put("techniques", subjects);
        row.put("last", last);
        return row;
    }

    /** The best technique first. */
    private static String techniques(Catalogue.Entry entry) {
        return entry.subjects().keySet().stream()
                .sorted((a, b) -> rank(entry, a) - rank(entry, b))
                .map(Technique::label)
                .collect(Collectors.joining(", "));
    }

    private static int rank(Catalogue.Entry entry, Technique technique) {
        return technique == entry.defect().best() ? -1 : technique.ordinal();
    }

    /** What the last gate said of each defect: FOUND, or what of it was not as it must be. */
    private static Map<String, String> lastVerdicts() {
        Path report = Home.reports().resolve("report.json");
        Map<String, String> last = new TreeMap<>();
        if (!Files.isRegularFile(report)) {
            return last;
        }
        try {
            for (JsonNode verdict : Json.MAPPER.readTree(report.toFile()).path("verdicts")) {
                String said =
                        verdict.path("expected").asBoolean()
                                ? FOUND
                                : String.format(
                                        "%s (%s, %s)",
                                        verdict.path("outcome").asText().replace('_', '-'),
                                        verdict.path("fixed").asBoolean() ? "fixed" : "defective",
                                        verdict.path("technique")
                                                .asText()
                                                .toLowerCase(Locale.ROOT));
                last.merge(verdict.path("id").asText(), said, (a, b) -> a.equals(FOUND) ? b : a);
            }
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAULT, report + " cannot be read; run the gate again to replace it");
        }
        return last;
    }
}
