package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.kernel.Moment;
import org.slubcheck.properties.Wanted;
import org.slubcheck.schedule.Schedule;
import org.slubcheck.schedule.ScheduleException;
import org.slubcheck.schedule.ScheduleText;
import org.slubcheck.schedule.SmallerMachine;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * One defect, one technique: the failing case as a time line, or how far the fix holds. Of a lock order
 * the report, and then the deadlock.
 */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Reproduces one defect and prints the failing interleaving or case.",
            "Exit 0 when it is found, with --fixed when the fixed code is clean."
        })
final class ReproduceCommand implements Callable<Integer> {
    private static final int MOST_NODES = 4;
    private static final int MOST_GROUPS = 8;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "for example Q04a")
    private String id;

    @Option(
            names = "--technique",
            paramLabel = "T",
            description =
                    "stress, model, property, boot, fault, lockdep (default: the best that shows what"
                            + " happened; what lockdep foretells is shown as it happens, too, where"
                            + " model can)")
    private String label;

    @Option(names = "--fixed", description = "run the fixed twin, which must be clean")
    private boolean fixed;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "draw machines with N nodes, 1 to 4 (properties only)")
    private Integer nodes;

    @Option(
            names = "--cache-groups",
            paramLabel = "N",
            description =
                    "draw machines whose CPUs share N last-level caches, 1 to 8 (properties only)")
    private Integer cacheGroups;

    @Option(
            names = "--schedule",
            paramLabel = "FILE",
            description =
                    "write the smallest failing interleaving, for replay-schedule (model only)")
    private Path schedule;

    @Option(names = "--json", description = "print the verdict as JSON, as --format json does")
    private boolean json;

    @Mixin private DumpOption dump;

    /** Ways to print a verdict. */
    enum Format {
        /** For people. */
        TEXT,
        /** The verdict. */
        JSON,
        /** A sequence diagram. */
        MERMAID,
        /** Chrome's trace events. */
        TRACE,
        /** SARIF 2.1.0. */
        SARIF
    }

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "text",
            description =
                    "text, json, mermaid (a sequence diagram for an issue), trace (events that trace"
                            + " viewers open), sarif")
    private Format format;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Catalogue.Entry entry = Ids.entry(id);
        Technique technique = technique(entry);
        Wanted wanted = wanted(entry, technique);
        if (json && format != Format.TEXT && format != Format.JSON) {
            throw CliException.usage(
                    "--json is --format json: it does not go with another --format");
        }
        if (dump.wanted() && technique == Technique.STRESS) {
            throw CliException.usage(
                    "--dump is for machines that are watched, and stress runs on bare memory");
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean text = !json && format == Format.TEXT;
        int code = run(out, entry, technique, wanted, text);
        if (code == Exit.OK && text && happensToo(entry, technique)) {
            out.println();
            code = run(out, entry, Technique.MODEL, wanted, true);
        }
        return code;
    }

    /**
     * True where lockdep says from a run that passes what may happen, and the model checker can show
     * that it does; and nobody asked for one of the two.
     */
    private boolean happensToo(Catalogue.Entry entry, Technique technique) {
        return label == null
                && !fixed
                && technique == Technique.LOCKDEP
                && !dump.wanted()
                && entry.subjects().containsKey(Technique.MODEL);
    }

    private int run(
            PrintWriter out,
            Catalogue.Entry entry,
            Technique technique,
            Wanted wanted,
            boolean text)
            throws IOException, InterruptedException {
        Entry canary = null;
        Entry result;
        int jdk = Jvm.current().feature();
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("tools.log"));
            Techniques techniques = new Techniques(Profile.QUICK, log, ReproduceCommand::progress);
            if (fixed) {
                // Only a clean verdict leans on the canaries; a symptom speaks for itself.
                canary =
                        techniques.canaries(technique).stream()
                                .map(v -> Entry.of(jdk, v))
                                .filter(e -> !e.expected())
                                .findFirst()
                                .orElse(null);
            }
            Consumer<Moment> keeper = dump.keeper(run(technique), code(entry));
            Entry given = Entry.of(jdk, techniques.run(entry, technique, fixed, wanted, keeper));
            boolean trusted = canary == null || !given.verdict().outcome().clean();
            result = trusted ? given : given.distrusted();
        }
        if (schedule != null) {
            write(result.verdict());
        }
        if (!text) {
            print(out, json ? Format.JSON : format, entry, result);
        } else {
            tell(out, entry, result.verdict());
            if (canary != null) {
                out.println("failed: " + canary.verdict().id() + ": " + canary.verdict().detail());
            }
        }
        out.flush();
        dump.told().forEach(System.err::println);
        if (result.toolFault()) {
            return Exit.FAULT;
        }
        return result.expected() ? Exit.OK : Exit.FAILED;
    }

    /** What was run, as one would say it again. */
    private String run(Technique technique) {
        return "reproduce "
                + id
                + " --technique "
                + technique.label()
                + (fixed ? " --fixed" : "")
                + (nodes == null ? "" : " --nodes " + nodes)
                + (cacheGroups == null ? "" : " --cache-groups " + cacheGroups);
    }

    private String code(Catalogue.Entry entry) {
        return fixed ? "mainline" : entry.defect().id() + "  " + entry.defect().title();
    }

    private Technique technique(Catalogue.Entry entry) {
        boolean byModel = entry.subjects().containsKey(Technique.MODEL);
        Technique technique =
                schedule != null && label == null && byModel
                        ? Technique.MODEL
                        : Ids.technique(entry, label);
        if (schedule != null && technique != Technique.MODEL) {
            throw CliException.usage(
                    "--schedule is for model, and "
                            + entry.defect().id()
                            + " is looked for by "
                            + technique.label());
        }
        if (schedule != null && fixed) {
            throw CliException.usage("--schedule is of a failure, and --fixed has none");
        }
        return technique;
    }

    private void write(Verdict verdict) {
        if (verdict.minimal() == null) {
            throw new CliException(
                    Exit.FAILED, "there is no schedule to write: " + verdict.detail());
        }
        List<String> lines;
        try {
            Schedule found = ScheduleText.parse(verdict.minimal().schedule());
            lines = ScheduleText.lines(SmallerMachine.of(found));
        } catch (ScheduleException e) {
            throw new IllegalStateException("the schedule cannot be read again", e);
        }
        String text = String.join("\n", lines) + "\n";
        try {
            Reports.replace(schedule, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CliException.usage("cannot write " + schedule);
        }
    }

    private static void print(PrintWriter out, Format format, Catalogue.Entry entry, Entry result) {
        Verdict verdict = result.verdict();
        if ((format == Format.MERMAID || format == Format.TRACE) && verdict.marks().isEmpty()) {
            throw CliException.usage(
                    "there is no time line to draw: "
                            + verdict.outcome().label()
                            + " by "
                            + verdict.technique().label());
        }
        switch (format) {
            case MERMAID -> Mermaid.lines(verdict.marks()).forEach(out::println);
            case TRACE -> Json.print(out, TraceEvents.of(verdict));
            case SARIF -> Json.print(out, Sarif.of(entry, result));
            default -> Json.print(out, new Told(Report.SCHEMA, result));
        }
    }

    private Wanted wanted(Catalogue.Entry entry, Technique technique) {
        return new Wanted(
                wanted("--nodes", nodes, MOST_NODES, entry, technique),
                wanted("--cache-groups", cacheGroups, MOST_GROUPS, entry, technique));
    }

    /** 0 when it was not asked for. */
    private static int wanted(
            String option, Integer asked, int most, Catalogue.Entry entry, Technique technique) {
        if (asked == null) {
            return 0;
        }
        if (technique != Technique.PROPERTY) {
            throw CliException.usage(
                    option
                            + " is for properties, and "
                            + entry.defect().id()
                            + " is looked for by "
                            + technique.label());
        }
        if (asked < 1 || asked > most) {
            throw CliException.usage(option + " must be 1.." + most + ", not " + asked);
        }
        return asked;
    }

    /** The JSON object. */
    private record Told(int schema, @JsonUnwrapped Entry result) {}

    private static void progress(String line) {
        System.err.println(line);
    }

    private void tell(PrintWriter out, Catalogue.Entry entry, Verdict verdict) {
        out.printf(
                "%s  %s%s%n", entry.defect().id(), entry.defect().title(), fixed ? " (fixed)" : "");
        out.printf("step %s, by %s%n", entry.defect().step().name(), verdict.technique().label());
        out.println();
        verdict.timeline().forEach(out::println);
        if (!verdict.timeline().isEmpty()) {
            out.println();
        }
        out.println(verdict.detail());
        if (fixed) {
            out.println("canaries of " + verdict.technique().label() + ": run before it");
        }
        StringBuilder line = new StringBuilder("verdict: ").append(Matrix.summary(verdict));
        if (verdict.stepReached() >= 0) {
            line.append(", step reached ").append(Matrix.count(verdict.stepReached(), "times"));
        }
        out.println(line);
    }
}
