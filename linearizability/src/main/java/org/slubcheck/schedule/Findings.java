package org.slubcheck.schedule;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.timeline.Symbolizer;

/** What a run that went wrong has to say, the same whoever ran it. */
public final class Findings {
    private Findings() {}

    /** The first violation that is the defect's own; with no symptom to look for, the first. */
    public static Optional<String> own(List<String> violations, Pattern symptom) {
        return violations.stream()
                .filter(violation -> symptom == null || symptom.matcher(violation).find())
                .findFirst();
    }

    /** Who waits for what, in the order of the CPUs; the template knows what is gone meanwhile. */
    public static String deadlock(Template template, Trial trial) {
        Symbolizer names = new Symbolizer(template.kernel()).over(trial.kernel().memory());
        List<String> waits =
                trial.kernel().checked().waits().stream()
                        .map(w -> "CPU#" + w.cpu() + " waits for " + names.name(w.address()))
                        .sorted()
                        .toList();
        return "deadlock: " + (waits.isEmpty() ? "no task can go on" : String.join(", ", waits));
    }

    /** A violation in a line. */
    public static String firstLine(String text) {
        return text.lines().filter(line -> !line.startsWith("-----")).findFirst().orElse("");
    }
}
