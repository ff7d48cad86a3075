package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The result of a gate, as report.json has it; docs/json.md describes the fields.
 *
 * @param schema version of this format
 * @param profile the profile that was run
 * @param passed whether every verdict is what had to come out and none is missing
 * @param found defects found by every technique that looks for them
 * @param defects defects in the catalogue
 * @param verdicts everything that was run or should have been
 */
@JsonPropertyOrder({"schema", "profile", "passed", "found", "defects", "verdicts"})
record Report(
        int schema,
        String profile,
        boolean passed,
        long found,
        long defects,
        List<Entry> verdicts) {
    static final int SCHEMA = 1;

    /** Copies the list. */
    Report {
        verdicts = List.copyOf(verdicts);
    }

    /** Writes report.json, whole or not at all. */
    void write(Path file) throws IOException {
        replace(file, Json.MAPPER.writeValueAsBytes(this));
    }

    /** Puts bytes in a file's place in one move. */
    static void replace(Path file, byte[] contents) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path half = Files.createTempFile(folder, file.getFileName().toString(), ".part");
        try {
            Files.write(half, contents);
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }
}
