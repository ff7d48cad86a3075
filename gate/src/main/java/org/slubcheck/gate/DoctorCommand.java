package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.gate.doctor.Checks;
import org.slubcheck.gate.doctor.Facts;
import org.slubcheck.gate.doctor.Finding;
import org.slubcheck.gate.doctor.Overlap;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Technique;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether this machine can be trusted. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Says whether verdicts of this machine can be trusted.",
            "Looks at CPUs that really overlap, the JDK, memory, disk, and the canaries of each"
                    + " tool. Takes about a minute. Exit 0 when they can, 5 when a check failed."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Option(
            names = "--machine",
            description = "look at the machine only, not at the canaries of the tools: seconds")
    private boolean machine;

    /** The JSON object. */
    private record Told(int schema, boolean trusted, List<Check> checks) {}

    /** A finding as JSON has it. */
    private record Check(String check, String level, String measured, String means, String todo) {
        static Check of(Finding f) {
            return new Check(f.check(), f.level().label(), f.measured(), f.means(), f.todo());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Facts facts = Facts.here();
        List<Finding> all = new ArrayList<>();
        tell(out, all, Checks.cpus(facts));
        tell(out, all, Checks.overlap(Overlap.measure(facts.cpus())));
        tell(out, all, Checks.jdk(facts));
        tell(out, all, Checks.compiler(facts));
        tell(out, all, Checks.memory(facts));
        tell(out, all, Checks.folder(Home.reports()));
        String path = String.valueOf(System.getenv("PATH"));
        tell(out, all, Checks.program("git", path, "reports do not say of which commit they are"));
        tell(out, all, Checks.program("mvn", path, "changed sources cannot be built"));
        if (!machine) {
            for (Technique technique : Technique.values()) {
                tell(out, all, canaries(technique, facts));
            }
        }
        boolean trusted = all.stream().noneMatch(f -> f.level() == Finding.Level.FAIL);
        if (json) {
            Json.print(out, new Told(Report.SCHEMA, trusted, all.stream().map(Check::of).toList()));
        } else {
            out.println("doctor: " + summary(trusted));
        }
        out.flush();
        return trusted ? Exit.OK : Exit.UNTRUSTED;
    }

    private String summary(boolean trusted) {
        if (!trusted) {
            return "verdicts of this machine prove nothing until what failed is put right";
        }
        return machine
                ? "nothing is wrong with this machine; what its tools see was not tried"
                : "verdicts of this machine can be trusted";
    }

    private void tell(PrintWriter out, List<Finding> all, Finding finding) {
        all.add(finding);
        if (!json) {
            out.printf(
                    "%-5s %-9s %s%n", finding.level().label(), finding.check(), finding.measured());
            out.printf("%15s %s%n", "", finding.means());
            if (!finding.todo().isEmpty()) {
                out.printf("%15s -> %s%n", "", finding.todo());
            }
            out.flush();
        }
    }

    /** The canaries of a technique, as a gate runs them. */
    private static Finding canaries(Technique technique, Facts facts)
            throws IOException, InterruptedException {
        if (technique == Technique.STRESS && facts.cpus() == 1) {
            return Checks.canaries(technique.label(), 0, List.of());
        }
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("tools.log"));
            Techniques techniques = new Techniques(Profile.QUICK, log, line -> {});
            List<Entry> run =
                    techniques.canaries(technique).stream()
                            .map(v -> Entry.of(Jvm.current().feature(), v))
                            .toList();
            List<String> blind =
                    run.stream()
                            .filter(entry -> !entry.expected())
                            .map(entry -> entry.verdict().id() + ": " + entry.verdict().detail())
                            .toList();
            return Checks.canaries(technique.label(), run.size(), blind);
        }
    }
}
