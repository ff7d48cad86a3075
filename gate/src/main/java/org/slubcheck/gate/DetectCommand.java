package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.detection.Detection;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Drift;
import org.slubcheck.detection.Row;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.properties.Wanted;
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
            "Measures how likely a try finds each defect.",
            "Looks for it from many seeds; gives a 95 %% interval, and how many tries find it with"
                    + " 99 %%. Exit 1 when one is found significantly less easily by boot or"
                    + " property than in the baseline: docs/detection.md."
        })
final class DetectCommand implements Callable<Integer> {
    /** What is drawn by chance. */
    private static final List<Technique> DRAWN =
            List.of(Technique.BOOT, Technique.PROPERTY, Technique.STRESS);

    private static final int MOST = 100_000;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "which defects (default: all)")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--technique",
            paramLabel = "T",
            description =
                    "by what, may be repeated: boot, property, stress (default: boot and property;"
                            + " a try of stress is a round of a quick gate, made of all defects"
                            + " together)")
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
            description =
                    "keep the table here; one that is there already is gone on with and widened: no"
                            + " seed or round is run again but a row's first seed, which must draw"
                            + " the same")
    private Path json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "what to compare with (default: the table of this program)")
    private Path baseline;

    @Option(names = "--markdown", description = "print the table as docs/detection.md has it")
    private boolean markdown;

    private final StressRounds.Round round;

    /** As measured until now. */
    private Detection table;

    /** The sources as they were at the start: the file that is kept may be one of them. */
    private String commit;

    /** Rounds of stress are made by JCStress. */
    DetectCommand() {
        this(StressRounds::byJcstress);
    }

    /**
     * @param round makes a round of stress
     */
    DetectCommand(StressRounds.Round round) {
        this.round = round;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (runs < 0 || runs > MOST) {
            throw CliException.usage("--runs must be 0.." + MOST + ", not " + runs);
        }
        List<Technique> by = by();
        List<Catalogue.Entry> entries =
                ids.isEmpty() ? Catalogue.entries() : ids.stream().map(Ids::entry).toList();
        Detection before = baseline == null ? Baseline.measured() : Baseline.read(baseline);
        commit = Commit.of(Home.root());
        table = json != null && Files.exists(json) ? Baseline.read(json) : table(List.of());
        PrintWriter out = spec.commandLine().getOut();
        List<Row> seen = new ArrayList<>();
        for (Catalogue.Entry entry : entries) {
            for (Technique technique : by) {
                if (technique == Technique.STRESS) {
                    continue;
                }
                Row row = measure(entry, technique);
                if (row == null || row.draws().isEmpty()) {
                    continue;
                }
                seen.add(row);
                keep(List.of(row));
                summary(out, row);
            }
        }
        if (by.contains(Technique.STRESS)) {
            for (Row row : stress(entries)) {
                seen.add(row);
                summary(out, row);
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
        if (techniques.isEmpty()) {
            return List.of(Technique.BOOT, Technique.PROPERTY);
        }
        List<Technique> by = new ArrayList<>();
        for (String label : techniques) {
            Technique technique = Technique.of(label);
            if (technique == null || !DRAWN.contains(technique)) {
                throw CliException.usage(
                        "nothing is drawn by chance by '"
                                + label
                                + "'; there is boot, property, stress");
            }
            by.add(technique);
        }
        return by;
    }

    private void summary(PrintWriter out, Row row) {
        if (!markdown) {
            out.println(DetectionTable.summary(row));
            out.flush();
        }
    }

    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    /** The row of a defect as far as it is measured; null when the technique does not look there. */
    private Row begun(Catalogue.Entry entry, Technique technique) {
        String subject = entry.subjects().get(technique);
        if (subject == null) {
            return null;
        }
        Row fresh = new Row(entry.defect().id(), technique.label(), subject, List.of());
        return table.row(fresh.key()).orElse(fresh);
    }

    /** The row with all its runs; null when the technique does not look there by chance. */
    private Row measure(Catalogue.Entry entry, Technique technique) {
        Row row = begun(entry, technique);
        if (row == null) {
            return null;
        }
        boolean asked = row.draws().isEmpty();
        for (int i = 0; i < runs; i++) {
            // The first is that of the gate.
            long seed = Profile.seed(i);
            if (row.has(Long.toString(seed))) {
                continue;
            }
            if (!asked) {
                drawsAsBefore(row, technique);
                asked = true;
            }
            Draw draw = property(row.id(), technique, row.subject(), seed);
            if (draw == null) {
                return null;
            }
            row = row.plus(List.of(draw));
        }
        return row;
    }

    /**
     * A row is the chance of one program, and what a program draws from a seed tells it from others.
     *
     * @throws CliException (usage) when the row's first run would be another now
     */
    private void drawsAsBefore(Row row, Technique technique) {
        Draw then = row.draws().get(0);
        Draw now = property(row.id(), technique, row.subject(), number(then.seed()));
        if (!then.equals(now)) {
            throw CliException.usage(
                    json
                            + " has "
                            + row.key()
                            + " of a program that drew otherwise from seed "
                            + then.seed()
                            + "; measure it into a new file");
        }
    }

    private long number(String seed) {
        try {
            return Long.parseLong(seed);
        } catch (NumberFormatException e) {
            throw CliException.usage(json + " has a seed that is no number: " + seed);
        }
    }

    /** The rows of stress with all their rounds; those that have none are left out. */
    private List<Row> stress(List<Catalogue.Entry> entries) throws InterruptedException {
        List<Row> begun =
                entries.stream()
                        .map(entry -> begun(entry, Technique.STRESS))
                        .filter(row -> row != null)
                        .distinct()
                        .toList();
        return new StressRounds(round, this::tell)
                .measure(begun, runs, this::keep).stream()
                        .filter(row -> !row.draws().isEmpty())
                        .toList();
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

    private Detection table(List<Row> rows) {
        return new Detection(Detection.SCHEMA, commit, Profile.QUICK.tries(), rows);
    }

    /** Puts rows into the table, and the table into its file when that changes it. */
    private void keep(List<Row> rows) {
        Detection more = table;
        for (Row row : rows) {
            more = more.with(row);
        }
        if (more.equals(table)) {
            return;
        }
        table = table(Baseline.inOrder(more.rows()));
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
