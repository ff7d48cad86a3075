package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.properties.PropertyCanaries;
import org.slubcheck.scenarios.LockdepCanaries;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Technique;
import picocli.CommandLine;

/** The gate as a program, with a plan of seconds: two workers, enough verdicts to be cut between. */
final class SmallGate {
    static final String COMMAND = "small";

    private static final int PROPERTIES = 4;

    private SmallGate() {}

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(COMMAND, new GateCommand(SmallGate::plan));
        System.exit(Main.orderly(line).execute(args));
    }

    static Plan plan(Profile profile) {
        List<Plan.Job> jobs = new ArrayList<>();
        for (PropertyCanaries.Twin twin : PropertyCanaries.ALL.subList(0, PROPERTIES)) {
            jobs.add(
                    Plan.job(
                            Part.PROPERTY,
                            twin.id(),
                            twin.technique(),
                            twin.subject(),
                            twin.fixed()));
        }
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
