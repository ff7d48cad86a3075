package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressTest;
import org.slubcheck.verdict.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything: each defect found by each of its techniques, each fixed twin clean. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Looks for every defect with every technique and proves the fixed code clean.",
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

    @Option(names = "--json", paramLabel = "FILE", description = "write the report here, too")
    private Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Jvm> jvms = Jdks.of(jdks);
        if (json != null && Files.isDirectory(json)) {
            throw CliException.usage("--json " + json + " is a folder");
        }
        PrintWriter out = spec.commandLine().getOut();
        Path reports = Home.reports();
        Files.createDirectories(reports);
        Path log = reports.resolve("tools.log");
        Files.deleteIfExists(log);
        List<Entry> entries = new ArrayList<>();
        for (Jvm jvm : jvms) {
            try (GateProgress progress = new GateProgress(jvm.feature(), expectedVerdicts())) {
                entries.addAll(new GateRun(jvm, profile, log, progress::verdict).run());
            }
        }
        Report report = report(entries);
        report.write(reports.resolve("report.json"));
        JunitXml.write(report, reports.resolve("TEST-slubcheck-gate.xml"));
        if (json != null) {
            report.write(json);
        }
        Matrix matrix = new Matrix(entries);
        jvms.forEach(jvm -> matrix.print(out, jvm.feature()));
        long failed = entries.stream().filter(e -> !e.expected()).count();
        out.println();
        out.printf(
                "gate: profile=%s defects=%d found=%d verdicts=%d failed=%d report=%s%n",
                profile.label(),
                report.defects(),
                report.found(),
                entries.size(),
                failed,
                Path.of("target", "gate", "report.json"));
        out.printf("gate: %d passed, %d failed%n", entries.size() - failed, failed);
        out.flush();
        if (report.passed()) {
            return Exit.OK;
        }
        boolean verdictFailed =
                entries.stream()
                        .filter(e -> !e.expected())
                        .anyMatch(e -> e.verdict().outcome() != Outcome.FAULT);
        return verdictFailed ? Exit.FAILED : Exit.FAULT;
    }

    /** For the progress bar alone. */
    private static int expectedVerdicts() {
        int subjects = Catalogue.entries().stream().mapToInt(e -> e.subjects().size()).sum();
        return 2 * subjects + StressTest.canaries().size();
    }

    private Report report(List<Entry> entries) {
        long found =
                Catalogue.entries().stream().filter(defect -> foundByAll(defect, entries)).count();
        return new Report(
                Report.SCHEMA,
                profile.label(),
                entries.stream().allMatch(Entry::expected),
                found,
                Catalogue.entries().size(),
                entries);
    }

    private static boolean foundByAll(Catalogue.Entry defect, List<Entry> entries) {
        return entries.stream()
                .filter(e -> e.verdict().id().equals(defect.defect().id()))
                .filter(e -> !e.verdict().fixed())
                .allMatch(e -> e.verdict().outcome() == Outcome.FOUND);
    }
}
