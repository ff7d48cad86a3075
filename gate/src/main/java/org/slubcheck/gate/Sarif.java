package org.slubcheck.gate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Story;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * Verdicts as SARIF 2.1.0. Each defect is a rule. A result is a verdict that is not what had to come
 * out: at the step's mainline when the fixed code failed, at the defect's code when that was not
 * found. What is wrong with a tool is a notification, not a result.
 */
final class Sarif {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private final ObjectNode log = Json.MAPPER.createObjectNode();
    private final ObjectNode run;
    private final Map<String, Integer> rules = new LinkedHashMap<>();
    private final Sources sources = new Sources();

    private Sarif() {
        log.put("$schema", SCHEMA).put("version", "2.1.0");
        run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "slubcheck").put("semanticVersion", Main.VERSION);
        ArrayNode list = driver.putArray("rules");
        for (Catalogue.Entry entry : Catalogue.entries()) {
            Story story = entry.defect().story();
            rules.put(entry.defect().id(), rules.size());
            ObjectNode rule = list.addObject().put("id", entry.defect().id());
            rule.put("name", entry.defect().getClass().getSimpleName());
            rule.putObject("shortDescription").put("text", entry.defect().title());
            rule.putObject("fullDescription").put("text", story.mechanism());
            rule.putObject("help")
                    .put(
                            "text",
                            "Rule: "
                                    + story.rule()
                                    + "\nFix: "
                                    + story.fix()
                                    + "\nSource: "
                                    + story.source());
        }
        run.put("columnKind", "utf16CodeUnits");
    }

    /** What failed in a gate. */
    static ObjectNode of(Report report) {
        Sarif sarif = new Sarif();
        ArrayNode results = sarif.run.putArray("results");
        ObjectNode invocation = sarif.run.putArray("invocations").addObject();
        ArrayNode notes = Json.MAPPER.createArrayNode();
        for (Entry e : report.verdicts()) {
            Optional<Catalogue.Entry> defect = Catalogue.byId(e.verdict().id());
            if (!e.expected() && !e.toolFault() && defect.isPresent()) {
                sarif.result(results.addObject(), e.verdict(), defect.get());
            } else if (!e.expected()) {
                notes.addObject()
                        .put("level", "error")
                        .putObject("message")
                        .put("text", Key.of(e.verdict()) + ": " + e.verdict().detail());
            }
        }
        invocation.put("executionSuccessful", notes.isEmpty());
        if (!notes.isEmpty()) {
            invocation.set("toolExecutionNotifications", notes);
        }
        return sarif.log;
    }

    /** One verdict, as it is: a defect that was found is a result too, at its own code. */
    static ObjectNode of(Catalogue.Entry defect, Entry entry) {
        Sarif sarif = new Sarif();
        ArrayNode results = sarif.run.putArray("results");
        if (entry.verdict().outcome() == Outcome.FOUND || !entry.expected()) {
            sarif.result(results.addObject(), entry.verdict(), defect);
        }
        return sarif.log;
    }

    private void result(ObjectNode result, Verdict v, Catalogue.Entry defect) {
        result.put("ruleId", v.id()).put("ruleIndex", rules.get(v.id()));
        result.put("level", "error").put("kind", "fail");
        result.putObject("message").put("text", message(v));
        Sources.Code code =
                v.fixed() ? sources.right(defect.defect()) : sources.wrong(defect.defect());
        if (code != null) {
            ObjectNode place =
                    result.putArray("locations").addObject().putObject("physicalLocation");
            place.putObject("artifactLocation")
                    .put("uri", code.place().file())
                    .put("uriBaseId", "%SRCROOT%");
            place.putObject("region")
                    .put("startLine", code.place().line())
                    .putObject("snippet")
                    .put("text", code.place().text());
        }
        result.putObject("partialFingerprints").put("verdict/v1", Key.of(v).toString());
        if (!v.marks().isEmpty()) {
            flow(result.putArray("codeFlows").addObject().putArray("threadFlows"), v.marks());
        }
    }

    private static String message(Verdict v) {
        String what =
                v.outcome() == Outcome.FOUND
                        ? v.fixed() ? "The fixed code fails" : "The defect shows"
                        : "The "
                                + (v.fixed() ? "fixed code" : "defect")
                                + " came out as "
                                + v.outcome().label();
        return what + " by " + v.technique().label() + " on " + v.subject() + ": " + v.detail();
    }

    /** A thread flow for each CPU; the order over all of them is that of the marks. */
    private static void flow(ArrayNode flows, List<Mark> marks) {
        Mark.cpus(marks)
                .forEach(
                        cpu -> {
                            ObjectNode flow = flows.addObject().put("id", "CPU " + cpu);
                            ArrayNode steps = flow.putArray("locations");
                            for (int i = 0; i < marks.size(); i++) {
                                if (marks.get(i).cpu() == cpu) {
                                    steps.addObject()
                                            .put("executionOrder", i + 1)
                                            .putObject("location")
                                            .putObject("message")
                                            .put("text", Lanes.shown(marks.get(i).text()));
                                }
                            }
                        });
    }
}
