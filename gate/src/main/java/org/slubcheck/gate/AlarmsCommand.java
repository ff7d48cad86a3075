package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slubcheck.detection.FixedRun;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Child;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs all checks of the fixed code again and again, each time from another seed. */
@Command(
        name = "false-alarms",
        mixinStandardHelpOptions = true,
        description = {
            "Counts how often a run finds something although nothing is wrong.",
            "Runs every check of the fixed code from one seed after another and keeps a record;"
                    + " goes on where it was ended. Exit 1 when one did, 3 when a check came to"
                    + " nothing: docs/detection.md."
        })
final class AlarmsCommand implements Callable<Integer> {
    private static final int MOST = 10_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "20",
            description = "until the record has N runs of this kind, code and JDK (default 20)")
    private int runs;

    @Option(
            names = "--from",
            paramLabel = "I",
            defaultValue = "1",
            description =
                    "number of the first of them (default 1); the number makes the seed, and seeds"
                            + " from which code was mended prove nothing of it")
    private int from;

    @Option(
            names = "--profile",
            paramLabel = "quick|standard|deep",
            defaultValue = "standard",
            description = "how much a run is (default standard)")
    private Profile profile;

    @Option(
            names = "--drawn",
            description =
                    "leave out what draws nothing and says the same each time: model checks, lock"
                            + " orders, faults, traces")
    private boolean drawn;

    @Option(names = "--jdk", paramLabel = "PATH", description = "the JDK (default: this one)")
    private Path jdk;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "where runs are kept (default target/false-alarms/record.jsonl)")
    private Path record;

    @Option(
            names = "--markdown",
            description = "run nothing, print the record as docs/detection.md has it")
    private boolean markdown;

    private final Function<Profile, Plan> plans;
    private final BiFunction<Profile, Plan, String> code;

    /** Runs the plan of a profile, by the program that is there. */
    AlarmsCommand() {
        this(Plan::of, Origin::code);
    }

    /**
     * @param plans what a profile is; of it, what is about defects is left out
     * @param code the digest of what is on the class path now, and of how much of it is run
     */
    AlarmsCommand(Function<Profile, Plan> plans, BiFunction<Profile, Plan, String> code) {
        this.plans = plans;
        this.code = code;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        mustCount("--runs", runs);
        mustCount("--from", from);
        PrintWriter out = spec.commandLine().getOut();
        if (markdown) {
            List<FixedRun> kept = record == null ? AlarmRecord.kept() : AlarmRecord.read(record);
            AlarmRecord.table(kept).forEach(out::println);
            out.flush();
            return Exit.OK;
        }
        Path folder = Home.root().resolve("target").resolve("false-alarms");
        Path file = record == null ? folder.resolve("record.jsonl") : record.toAbsolutePath();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Reports.fault("make", folder, e);
        }
        // Two programs would run the same seeds.
        try (FileChannel lock =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            if (!taken(lock)) {
                throw CliException.usage("another 'false-alarms' is at work in " + folder);
            }
            return run(folder, file, out);
        }
    }

    private static void mustCount(String option, int number) {
        if (number < 1 || number > MOST) {
            throw CliException.usage(option + " must be 1.." + MOST + ", not " + number);
        }
    }

    private static boolean taken(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private int run(Path folder, Path file, PrintWriter out) throws InterruptedException {
        Jvm jvm = Jdks.of(jdk == null ? List.of() : List.of(jdk)).get(0);
        Plan plan = plans.apply(profile).onFixed(drawn);
        List<FixedRun> all = AlarmRecord.read(file);
        FixedRun kind = kind(jvm, plan);
        Origin origin = Origin.ofCode(kind.code(), profile, jvm);
        for (int number = from; number < from + runs; number++) {
            int next = number;
            if (all.stream().anyMatch(r -> r.alike(kind) && r.counts() && r.run() == next)) {
                continue;
            }
            Path half = folder.resolve(half(kind, number, origin));
            FixedRun run = run(half, jvm, plan, kind, number, origin);
            tell(out, run);
            all = AlarmRecord.keep(file, run);
            delete(half);
        }
        List<FixedRun> alike =
                all.stream()
                        .filter(r -> r.alike(kind))
                        .filter(r -> r.run() >= from && r.run() < from + runs)
                        .toList();
        List<FixedRun> counted = alike.stream().filter(FixedRun::counts).toList();
        out.printf(
                "false-alarms: profile=%s checks=%s jdk=%d runs=%d alarms=%d, %s of runs (95 %%)%n",
                kind.profile(),
                kind.scope(),
                kind.jdk(),
                counted.size(),
                AlarmRecord.alarming(counted),
                AlarmRecord.bound(counted));
        out.flush();
        if (AlarmRecord.alarming(alike) > 0) {
            return Exit.FAILED;
        }
        return counted.size() == alike.size() ? Exit.OK : Exit.FAULT;
    }

    private static void tell(PrintWriter out, FixedRun run) {
        out.printf(
                "run %d, seed %s: %d verdicts, %d drawn, %d alarms, %d unclear, %.0f s%n",
                run.run(),
                run.seed(),
                run.verdicts(),
                run.drawn(),
                run.alarms().size(),
                run.unclear().size(),
                run.seconds());
        run.alarms().forEach(line -> out.println("ALARM " + line));
        run.unclear().forEach(line -> out.println("unclear: " + line));
        out.flush();
    }

    /** What a run of this kind has in common with others. */
    private FixedRun kind(Jvm jvm, Plan plan) {
        return new FixedRun(
                FixedRun.SCHEMA,
                0,
                "",
                profile.label(),
                drawn ? FixedRun.DRAWN : FixedRun.ALL,
                Commit.of(Home.root()),
                code.apply(profile, plan),
                jvm.feature(),
                0,
                0,
                List.of(),
                List.of(),
                0);
    }

    /**
     * The file of a run under way. Verdicts of another code, JDK or machine have another, so what was
     * seen by those stays. Of a program that was built anew and then killed it has those of both.
     */
    private static String half(FixedRun kind, int number, Origin origin) {
        return String.join(
                "-",
                kind.profile(),
                kind.scope(),
                Long.toString(Profile.seed(number - 1)),
                origin.mark() + ".journal");
    }

    private FixedRun run(Path half, Jvm jvm, Plan plan, FixedRun kind, int number, Origin origin)
            throws InterruptedException {
        long seed = Profile.seed(number - 1);
        List<Entry> entries;
        try (Journal journal = Journal.resume(half, origin);
                GateProgress progress =
                        new GateProgress(
                                jvm.feature(), plan.jobs().size(), GateCommand.Told.SUMMARY)) {
            GateRun run =
                    new GateRun(
                            jvm,
                            profile,
                            seed,
                            plan,
                            half.resolveSibling("tools.log"),
                            progress,
                            journal);
            run.run();
            entries = run.entries();
        }
        if (!code.apply(profile, plan).equals(kind.code())) {
            delete(half);
            throw new CliException(
                    Exit.FAULT,
                    "the program was built anew during run "
                            + number
                            + ", which is of neither code and not kept");
        }
        if (Child.ending()) {
            throw new CliException(Exit.FAULT, "ended in run " + number);
        }
        return judged(kind, number, seed, entries);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Reports.fault("delete", file, e);
        }
    }

    /**
     * What a run comes to. An alarm is a find in the fixed code, and every check of it that ran and ended
     * as a fault: so ends one that sees something wrong, but not what its defect is known by, and a
     * verdict does not tell that from a failure of the check itself. All else that fails is unclear.
     */
    static FixedRun judged(FixedRun kind, int number, long seed, List<Entry> entries) {
        List<String> alarms = new ArrayList<>();
        List<String> unclear = new ArrayList<>();
        int verdicts = 0;
        int drew = 0;
        double seconds = 0;
        for (Entry entry : entries) {
            Verdict v = entry.verdict();
            String line = Key.of(v) + ": " + v.detail();
            boolean check = !entry.canary() && !v.id().equals(Judgement.WORKER);
            boolean accused =
                    v.outcome() == Outcome.FOUND || v.outcome() == Outcome.FAULT && v.runs() > 0;
            if (check && v.fixed() && accused) {
                alarms.add(line);
            } else if (!entry.expected()) {
                unclear.add(line);
            }
            seconds += v.seconds();
            if (check) {
                verdicts++;
                drew += v.technique() == Technique.STRESS || !v.seed().isEmpty() ? 1 : 0;
            }
        }
        return new FixedRun(
                FixedRun.SCHEMA,
                number,
                Long.toString(seed),
                kind.profile(),
                kind.scope(),
                kind.commit(),
                kind.code(),
                kind.jdk(),
                verdicts,
                drew,
                alarms,
                unclear,
                Math.round(seconds));
    }
}
