package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Drift;
import org.slubcheck.detection.Row;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.properties.Wanted;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressBudget;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how easily defects are found by what draws by chance. */
@Command(
        name = "detect",
        mixinStandardHelpOptions = true,
        description = {
            "Looks for defects from many seeds: how likely a try finds each, with a 95 %% interval,",
            "and how many tries find it with 99 %%. Exit 1 when one is found significantly less",
            "easily than in the baseline: docs/detection.md."
        })
final class DetectCommand implements Callable<Integer> {
    /** A round of a quick gate, and no second. */
    private static final StressBudget ROUND =
            new StressBudget(1, 400, 3, 1, 1, 1, Duration.ofMinutes(4));

    private static final int MOST = 100_000;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "which defects (default: all)")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--technique",
            paramLabel = "T",
            description = {
                "by what, may be repeated: boot, property, stress (default: boot and property;",
                "a try of stress is a round of a quick gate)"
            })
    private List<String> techniques = new ArrayList<>();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "10",
            description = "how many seeds of each (default 10)")
    private int runs;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = {
                "keep the table here; of one that is there already no seed is run again,",
                "so that a measurement can be ended, gone on with and widened"
            })
    private Path json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "what to compare with (default: the table of this program)")
    private Path baseline;

    @Option(names = "--markdown", description = "print the table as docs/detection.md has it")
    private boolean markdown;

    @Override
    public Integer call() throws InterruptedException {
        if (runs < 0 || runs > MOST) {
            throw CliException.usage("--runs must be 0.." + MOST + ", not " + runs);
        }
        List<Technique> by = by();
        List<Catalogue.Entry> entries =
                ids.isEmpty() ? Catalogue.entries() : ids.stream().map(Ids::entry).toList();
        Detection before = baseline == null ? Baseline.measured() : Baseline.read(baseline);
        int limit = Profile.QUICK.tries();
        String commit = Commit.of(Home.root());
        Detection table =
                json != null && Files.exists(json)
                        ? Baseline.read(json)
                        : new Detection(Detection.SCHEMA, commit, limit, List.of());
        PrintWriter out = spec.commandLine().getOut();
        List<Row> seen = new ArrayList<>();
        for (Catalogue.Entry entry : entries) {
            for (Technique technique : by) {
                Row row = measure(entry, technique, table);
                if (row == null || row.draws().isEmpty()) {
                    continue;
                }
                seen.add(row);
                if (!table.row(row.key()).equals(Optional.of(row))) {
                    table = new Detection(Detection.SCHEMA, commit, limit, table.with(row).rows());
                    keep(table);
                }
                if (!markdown) {
                    out.println(DetectionTable.summary(row));
                    out.flush();
                }
            }
        }
        if (markdown) {
            DetectionTable.of(table).forEach(out::println);
        }
        List<Drift.Alarm> alarms = Drift.alarms(before, seen);
        for (Drift.Alarm alarm : alarms) {
            out.printf(
                    "FAIL %s: %d finds in %d tries, the baseline has %d in %d; p = %.1e%n",
                    alarm.now().key(),
                    alarm.now().finds(),
                    alarm.now().tries(),
                    alarm.before().finds(),
                    alarm.before().tries(),
                    alarm.p());
        }
        out.flush();
        return alarms.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private List<Technique> by() {
        List<Technique> drawn = List.of(Technique.BOOT, Technique.PROPERTY, Technique.STRESS);
        if (techniques.isEmpty()) {
            return List.of(Technique.BOOT, Technique.PROPERTY);
        }
        List<Technique> by = new ArrayList<>();
        for (String label : techniques) {
            Technique technique = Technique.of(label);
            if (technique == null || !drawn.contains(technique)) {
                throw CliException.usage(
                        "nothing is drawn by chance by '"
                                + label
                                + "'; there is boot, property, stress");
            }
            by.add(technique);
        }
        return by;
    }

    /** The row with all its runs; null when the technique does not look there by chance. */
    private Row measure(Catalogue.Entry entry, Technique technique, Detection table)
            throws InterruptedException {
        String subject = entry.subjects().get(technique);
        if (subject == null) {
            return null;
        }
        String id = entry.defect().id();
        Row fresh = new Row(id, technique.label(), subject, List.of());
        Row row = table.row(fresh.key()).orElse(fresh);
        for (int i = 0; i < runs; i++) {
            // The first is that of the gate.
            long seed = Profile.seed(i);
            String name = technique == Technique.STRESS ? "round " + i : Long.toString(seed);
            if (row.has(name)) {
                continue;
            }
            Draw draw =
                    technique == Technique.STRESS
                            ? round(id, name)
                            : property(id, technique, subject, seed);
            if (draw == null) {
                return null;
            }
            row = row.plus(List.of(draw));
        }
        return row;
    }

    /** A run of a property; null when it goes through a whole space, and nothing is drawn. */
    private static Draw property(String id, Technique technique, String subject, long seed) {
        int tries = Profile.QUICK.tries();
        Verdict verdict =
                PropertyRunner.run(id, false, technique, subject, tries, seed, Wanted.AS_DRAWN);
        if (verdict.seed().isEmpty()) {
            return null;
        }
        if (verdict.outcome() == Outcome.NOT_RUN) {
            throw new CliException(Exit.FAULT, id + ": " + verdict.detail());
        }
        boolean found = verdict.outcome() == Outcome.FOUND;
        if (!found) {
            System.err.printf(
                    "%s %s, seed %d: %s, %s%n",
                    id, technique.label(), seed, verdict.outcome().label(), verdict.detail());
        }
        return new Draw(verdict.seed(), Math.max(1, verdict.runs()), found);
    }

    private static Draw round(String id, String name) throws InterruptedException {
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("log"));
            List<StressTest> tests =
                    StressTest.ofDefect(id).stream().filter(test -> !test.fixed()).toList();
            Verdict verdict =
                    new StressRunner(Jvm.current(), log, line -> {}).run(tests, ROUND).get(0);
            if (verdict.outcome() == Outcome.NOT_RUN || verdict.outcome() == Outcome.FAULT) {
                throw new CliException(Exit.FAULT, id + ": " + verdict.detail());
            }
            return new Draw(name, 1, verdict.outcome() == Outcome.FOUND);
        } catch (IllegalStateException killed) {
            throw new CliException(Exit.FAULT, id + ": " + killed.getMessage());
        } catch (IOException e) {
            throw Reports.fault("write", Path.of("a temporary folder"), e);
        }
    }

    private void keep(Detection table) {
        if (json == null) {
            return;
        }
        try {
            Reports.replace(json, Baseline.bytes(table));
        } catch (IOException e) {
            throw Reports.fault("write", json, e);
        }
    }
}
