package org.slubcheck.testkit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * Verdicts as files: JSON in the format of the gate's report.json, which {@code docs/json.md}
 * describes and {@code slubcheck report FILE --html OUT} draws, and text.
 *
 * <p>A verdict with a {@code symptom} is expected to be FOUND, any other to be clean.
 */
public final class Reports {
    /** The version of the format. */
    private static final int SCHEMA = 1;

    private static final ObjectMapper MAPPER =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .addMixIn(Mark.class, Terse.class);

    /** What a mark leaves out. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    interface Terse {
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        int step();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean irq();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean irqsOff();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean ipi();
    }

    private Reports() {}

    /**
     * Writes verdicts as JSON. The file is there whole or not at all.
     *
     * @throws IOException if it cannot be written
     */
    public static void json(Path file, List<Verdict> verdicts) throws IOException {
        int jdk = Runtime.version().feature();
        ObjectNode report = MAPPER.createObjectNode();
        report.put("schema", SCHEMA);
        report.put("commit", "");
        report.put("changes", "");
        report.put("profile", "testkit");
        report.put("shard", "1/1");
        report.putArray("jdks").add(jdk);
        report.put("passed", passed(verdicts));
        report.put("found", count(verdicts, Outcome.FOUND));
        report.put("defects", verdicts.stream().filter(v -> !v.fixed() && !v.ofCanary()).count());
        report.put("sessions", 1);
        ArrayNode all = report.putArray("verdicts");
        for (Verdict verdict : verdicts) {
            ObjectNode entry = all.addObject().put("jdk", jdk);
            entry.setAll((ObjectNode) MAPPER.valueToTree(verdict));
            entry.put("canary", verdict.ofCanary());
            entry.put("expected", verdict.asExpected());
            entry.put("toolFault", toolFault(verdict));
        }
        write(file, MAPPER.writeValueAsString(report) + "\n");
    }

    /**
     * Writes verdicts as text: a line each, then the whole of what is not as it must be. The file is
     * there whole or not at all.
     *
     * @throws IOException if it cannot be written
     */
    public static void text(Path file, List<Verdict> verdicts) throws IOException {
        write(file, text(verdicts));
    }

    /** The same as a string. */
    public static String text(List<Verdict> verdicts) {
        StringBuilder text = new StringBuilder();
        for (Verdict verdict : verdicts) {
            text.append(verdict.asExpected() ? "ok    " : "FAIL  ");
            text.append(Verdicts.line(verdict)).append('\n');
        }
        for (Verdict verdict : verdicts) {
            if (!verdict.asExpected()) {
                text.append('\n').append(Verdicts.text(verdict)).append('\n');
            }
        }
        return text.toString();
    }

    /** Whether there are verdicts and each is what had to come out. */
    public static boolean passed(List<Verdict> verdicts) {
        return !verdicts.isEmpty() && verdicts.stream().allMatch(Verdict::asExpected);
    }

    private static boolean toolFault(Verdict verdict) {
        return !verdict.asExpected() && (verdict.ofCanary() || verdict.outcome() == Outcome.FAULT);
    }

    private static long count(List<Verdict> verdicts, Outcome outcome) {
        return verdicts.stream()
                .filter(v -> !v.fixed() && !v.ofCanary() && v.outcome() == outcome)
                .count();
    }

    private static void write(Path file, String text) throws IOException {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
        try {
            Files.writeString(part, text, StandardCharsets.UTF_8);
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
