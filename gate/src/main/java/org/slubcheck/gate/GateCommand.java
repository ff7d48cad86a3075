package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Child;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything: each defect found by each of its techniques, each fixed twin clean. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Looks for every defect with every technique, and holds the fixed code clean.",
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

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Jvm> jvms = Jdks.of(jdks);
        Shard shard = Shard.parse(part);
        Plan plan = shard.of(Plan.of(profile), Costs.measured());
        List<Integer> features = jvms.stream().map(Jvm::feature).toList();
        List<Entry> entries = new ArrayList<>();
        try (Reports reports = Reports.open(Home.reports(), json)) {
            boolean whole = false;
            try {
                for (Jvm jvm : jvms) {
                    run(jvm, plan, reports.log(), entries);
                }
                whole = true;
            } finally {
                // Who is being ended has killed its own tools: what they say now is worth nothing.
                if (!Child.ending()) {
                    reports.write(Report.of(profile, shard, features, entries, whole));
                }
            }
        }
        Report report = Report.of(profile, shard, features, entries, true);
        tell(spec.commandLine().getOut(), report, loudness.told());
        return Judgement.exit(entries);
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
        Summary summary = new Summary(report.verdicts(), Ansi.AUTO);
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

    /** One JDK; its entries are there even when it ends half way. */
    private void run(Jvm jvm, Plan plan, Path log, List<Entry> entries)
            throws InterruptedException {
        try (GateProgress progress =
                new GateProgress(jvm.feature(), plan.jobs().size(), loudness.told())) {
            GateRun run = new GateRun(jvm, profile, plan, log, progress);
            try {
                run.run();
            } finally {
                entries.addAll(run.entries());
            }
        }
    }
}
