package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Verdict;

/** What a gate tells GitHub when it runs there: a line for each failure, and the job's summary. */
final class Annotations {
    private Annotations() {}

    /**
     * Tells it.
     *
     * @param environment of this program; nothing is told where it is not GitHub's
     */
    static void tell(Report report, Map<String, String> environment, PrintWriter out)
            throws IOException {
        if ("true".equals(environment.get("GITHUB_ACTIONS"))) {
            Sources sources = new Sources();
            report.verdicts().stream()
                    .filter(e -> !e.expected())
                    .forEach(e -> out.println(line(e.verdict(), sources)));
        }
        String summary = environment.get("GITHUB_STEP_SUMMARY");
        if (summary != null && !summary.isEmpty()) {
            Files.writeString(
                    Path.of(summary),
                    Markdown.of(report),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private static String line(Verdict v, Sources sources) {
        Optional<Catalogue.Entry> defect = Catalogue.byId(v.id());
        Sources.Code code =
                defect.isEmpty()
                        ? null
                        : v.fixed()
                                ? sources.right(defect.get().defect())
                                : sources.wrong(defect.get().defect());
        String place =
                code == null
                        ? ""
                        : "file="
                                + property(code.place().file())
                                + ",line="
                                + code.place().line()
                                + ",";
        return "::error "
                + place
                + "title="
                + property(Key.of(v).toString())
                + "::"
                + data(v.outcome().label() + ": " + v.detail());
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
