package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slubcheck.stress.Jvm;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything: each defect found by each of its techniques, each fixed twin clean. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Finds each defect by each of its techniques, and holds the fixed code clean.",
            "Exit 0 only if all of it came out as it must."
        })
final class GateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "quick|standard|deep",
            defaultValue = "quick",
            description = "how much it may cost (default quick: minutes)")
    private Profile profile;

    @Option(
            names = "--jdk",
            paramLabel = "PATH",
            description = "a JDK to run on, may be repeated (default: this one)")
    private List<Path> jdks = new ArrayList<>();

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            defaultValue = "1/1",
            description = "run the I-th of N parts of about the same cost; merge joins the reports")
    private String part;

    @Option(names = "--json", paramLabel = "FILE", description = "write the report here, too")
    private Path json;

    @Option(
            names = "--resume",
            description =
                    "go on with the gate that was ended here: run only what it has no verdict of;"
                            + " refused when sources, program, profile, shard, JDKs or machine are"
                            + " not the same")
    private boolean resume;

    /** How much is said. */
    private static final class Loudness {
        @Option(names = "--quiet", description = "say only what failed, and how it ended")
        private boolean quiet;

        @Option(names = "--verbose", description = "print the whole matrix, and a line a verdict")
        private boolean verbose;

        Told told() {
            return quiet ? Told.QUIET : verbose ? Told.MATRIX : Told.SUMMARY;
        }
    }

    @ArgGroup private Loudness loudness = new Loudness();

    private final Function<Profile, Plan> plans;

    /** Runs the whole plan. */
    GateCommand() {
        this(Plan::of);
    }

    /**
     * @param plans what a profile is, before it is cut into shards
     */
    GateCommand(Function<Profile, Plan> plans) {
        this.plans = plans;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Jvm> jvms = Jdks.of(jdks);
        Shard shard = Shard.parse(part);
        Plan plan = shard.of(plans.apply(profile), Costs.measured());
        Report report =
                new GateSession(profile, shard, plan, jvms, loudness.told())
                        .run(Home.reports(), json, resume);
        tell(spec.commandLine().getOut(), report, loudness.told());
        return Judgement.exit(report.verdicts());
    }

    /** How much is told at the end. */
    enum Told {
        /** What failed. */
        QUIET,
        /** A screen. */
        SUMMARY,
        /** Everything. */
        MATRIX
    }

    /** What came out, and the last lines. */
    static void tell(PrintWriter out, Report report, Told told) throws IOException {
        boolean whole = report.whole();
        Summary summary = new Summary(report.verdicts(), Terminal.colours());
        if (told == Told.MATRIX) {
            Matrix matrix = new Matrix(report.verdicts(), whole);
            report.jdks().forEach(jdk -> matrix.print(out, jdk));
        } else {
            if (told == Told.SUMMARY) {
                report.jdks().forEach(jdk -> summary.techniques(out, jdk));
            }
            summary.complaints(out);
        }
        long failed = report.verdicts().stream().filter(e -> !e.expected()).count();
        if (!report.resumed().isEmpty()) {
            out.println();
            out.println("gate: " + report.resumed());
        }
        Annotations.tell(report, System.getenv(), out);
        out.println();
        out.printf(
                "gate: profile=%s%s defects=%d found=%d verdicts=%d failed=%d report=%s page=%s%n",
                report.profile(),
                whole ? "" : " shard=" + report.shard(),
                report.defects(),
                report.found(),
                report.verdicts().size(),
                failed,
                Path.of("target", "gate", "report.json"),
                Path.of("target", "gate", "report.html"));
        out.printf("gate: %d passed, %d failed%n", report.verdicts().size() - failed, failed);
        out.flush();
    }
}
