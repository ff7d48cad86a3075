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
import org.slubcheck.kernel.KernelConfig;
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
            table(last).forEach(out::println);
        }
        out.flush();
        return Exit.OK;
    }

    /** Columns as wide as what stands in them. */
    private static List<String> table(Map<String, String> last) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("id", "title", "engine", "techniques", "last"));
        for (Catalogue.Entry entry : Catalogue.entries()) {
            Defect<?> defect = entry.defect();
            rows.add(
                    List.of(
                            defect.id(),
                            defect.title(),
                            engine(entry),
                            techniques(entry),
                            last.getOrDefault(defect.id(), NONE)));
        }
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Whose code the defect is in; what all engines stand on is in all. */
    static String engine(Catalogue.Entry entry) {
        return entry.engines().equals(KernelConfig.ENGINES)
                ? "all"
                : String.join(", ", entry.engines());
    }

    private static Map<String, Object> row(Catalogue.Entry entry, String last) {
        Map<String, Object> row = new LinkedHashMap<>();
        Map<String, String> subjects = new TreeMap<>();
        entry.subjects().forEach((technique, subject) -> subjects.put(technique.label(), subject));
        row.put("schema", Report.SCHEMA);
        row.put("id", entry.defect().id());
        row.put("title", entry.defect().title());
        row.put("source", entry.defect().story().source());
        row.put("engine", engine(entry));
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
