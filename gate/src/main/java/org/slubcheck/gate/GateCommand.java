package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Child;
import picocli.CommandLine.Command;
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
        tell(spec.commandLine().getOut(), Report.of(profile, shard, features, entries, true));
        return Judgement.exit(entries);
    }

    /** The matrix of each JDK, and the last lines. */
    static void tell(PrintWriter out, Report report) throws IOException {
        boolean whole = report.shard().equals(Shard.WHOLE.toString());
        Matrix matrix = new Matrix(report.verdicts(), whole);
        report.jdks().forEach(jdk -> matrix.print(out, jdk));
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
        try (GateProgress progress = new GateProgress(jvm.feature(), plan.jobs().size())) {
            GateRun run = new GateRun(jvm, profile, plan, log, progress);
            try {
                run.run();
            } finally {
                entries.addAll(run.entries());
            }
        }
    }
}
