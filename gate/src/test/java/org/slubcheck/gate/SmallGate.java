package org.slubcheck.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slubcheck.properties.PropertyCanaries;
import org.slubcheck.scenarios.LockdepCanaries;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.Jvm;
import org.slubcheck.verdict.Technique;
import picocli.CommandLine;

/** The gate as a program, with a plan of seconds: two workers, enough verdicts to be cut between. */
final class SmallGate {
    static final String COMMAND = "small";

    /** The same with a few verdicts, which shards share. */
    static final String TINY = "tiny";

    private static final int SCENARIOS = 6;

    private static final int PROPERTIES = 4;

    private SmallGate() {}

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(COMMAND, new GateCommand(SmallGate::plan));
        line.addSubcommand(TINY, new GateCommand(SmallGate::tiny));
        System.exit(Main.orderly(line).execute(args));
    }

    /**
     * Starts it, with its folder of temporary files in its home.
     *
     * @param wrapper what comes before the program
     */
    static Process start(Path home, List<String> wrapper, String... arguments) throws IOException {
        // Whoever started the tests in the background has turned SIGINT off for all below.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(wrapper);
        command.add(Jvm.current().java().toString());
        command.addAll(Jvm.current().options());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        Path temp = Files.createDirectories(home.resolve("temp"));
        command.addAll(List.of("-Djava.io.tmpdir=" + temp, "-Dslubcheck.home=" + home));
        command.addAll(List.of("-cp", Jvm.current().classPath()));
        command.add(SmallGate.class.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectOutput(home.resolve("out").toFile())
                .redirectError(home.resolve("err").toFile())
                .start();
    }

    static Plan tiny(Profile profile) {
        List<Plan.Job> jobs = new ArrayList<>();
        int scenarios = 0;
        for (Plan.Job job : plan(profile).jobs()) {
            boolean canary = job.key().canary();
            if (canary && job.key().technique() == Technique.LOCKDEP
                    || !canary && scenarios++ < SCENARIOS) {
                jobs.add(job);
            }
        }
        return new Plan(jobs);
    }

    /** The first of the canaries of properties; the list may be added to. */
    static List<Plan.Job> canaries(int count) {
        List<Plan.Job> jobs = new ArrayList<>();
        for (PropertyCanaries.Twin twin : PropertyCanaries.ALL.subList(0, count)) {
            jobs.add(
                    Plan.job(
                            Part.PROPERTY,
                            twin.id(),
                            twin.technique(),
                            twin.subject(),
                            twin.fixed()));
        }
        return jobs;
    }

    static Plan plan(Profile profile) {
        List<Plan.Job> jobs = canaries(PROPERTIES);
        for (LockdepCanaries.Twin twin : LockdepCanaries.ALL) {
            jobs.add(
                    Plan.job(
                            Part.PROPERTY,
                            twin.id(),
                            Technique.LOCKDEP,
                            twin.name(),
                            twin.fixed()));
        }
        Scenarios.all().stream()
                .map(s -> Plan.job(Part.SUITE, "lock-order", Technique.LOCKDEP, s.id(), true))
                .forEach(jobs::add);
        return new Plan(jobs);
    }
}
