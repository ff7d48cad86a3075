package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.detection.Chance;
import org.slubcheck.detection.FixedRun;
import org.slubcheck.stress.Jvm;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine;

/** Runs of the fixed code are counted once, each from a seed of its own, and no alarm is lost. */
class AlarmsTest {
    private static final Key FIXED = new Key("Q13", Technique.PROPERTY, "s", true);

    @TempDir Path folder;

    private static FixedRun run(int number, String code, List<String> alarms, String... unclear) {
        return new FixedRun(
                FixedRun.SCHEMA,
                number,
                "7",
                "quick",
                FixedRun.DRAWN,
                "commit of " + number,
                code,
                17,
                3,
                2,
                alarms,
                List.of(unclear),
                60);
    }

    private static Entry entry(Key key, Outcome outcome, String seed) {
        return entry(key, outcome, seed, 9);
    }

    private static Entry entry(Key key, Outcome outcome, String seed, long runs) {
        return Entry.of(
                17,
                new Verdict(
                        key.id(),
                        key.fixed(),
                        key.technique(),
                        key.subject(),
                        outcome,
                        runs,
                        -1,
                        1,
                        2,
                        seed,
                        "what it says",
                        List.of()));
    }

    private static FixedRun judged(Entry... entries) {
        return AlarmsCommand.judged(run(0, "c", List.of()), 4, 9, List.of(entries));
    }

    @Test
    void aFindInTheFixedCodeIsAnAlarmAndWhatCameToNothingIsNone() {
        Key canary = new Key(Verdict.CANARY + "x", Technique.PROPERTY, "s", false);
        Key model = new Key("Q01", Technique.MODEL, "m", true);
        FixedRun clean =
                judged(
                        entry(FIXED, Outcome.CLEAN_SAMPLED, "9"),
                        entry(model, Outcome.CLEAN_EXHAUSTED, ""),
                        entry(canary, Outcome.FOUND, "9"));
        assertThat(clean.counts()).isTrue();
        assertThat(clean.alarms()).isEmpty();
        assertThat(clean.verdicts()).isEqualTo(2);
        assertThat(clean.drawn()).isEqualTo(1);
        assertThat(clean.seed()).isEqualTo("9");
        FixedRun alarm = judged(entry(FIXED, Outcome.FOUND, "9"));
        assertThat(alarm.counts()).isTrue();
        assertThat(alarm.alarms()).singleElement().asString().contains("what it says");
        FixedRun blind = judged(entry(canary, Outcome.CLEAN_SAMPLED, "9"));
        assertThat(blind.counts()).isFalse();
        assertThat(blind.alarms()).isEmpty();
        assertThat(judged(entry(FIXED, Outcome.NOT_RUN, "9")).counts()).isFalse();
    }

    /** Of a mistake that its defect is not known by a fault is said; a dead worker accuses nobody. */
    @Test
    void aCheckThatRanAndFaultsAccusesTheFixedCodeToo() {
        FixedRun accused = judged(entry(FIXED, Outcome.FAULT, "9"));
        assertThat(accused.counts()).isTrue();
        assertThat(accused.alarms()).hasSize(1);
        Key worker = new Key(Judgement.WORKER, Technique.PROPERTY, "s", true);
        FixedRun died = judged(entry(worker, Outcome.FAULT, ""));
        assertThat(died.counts()).isFalse();
        assertThat(died.alarms()).isEmpty();
        assertThat(died.verdicts()).isZero();
        FixedRun never = judged(entry(FIXED, Outcome.FAULT, "9", 0));
        assertThat(never.counts()).isFalse();
        assertThat(never.alarms()).isEmpty();
    }

    @Test
    void zeroOfFewIsNoPromise() {
        assertThat(Chance.atMost(0, 1)).isBetween(0.949, 0.951);
        assertThat(Chance.atMost(0, 20)).isBetween(0.139, 0.140);
        assertThat(Chance.atMost(1, 20)).isBetween(0.216, 0.217);
        assertThat(AlarmRecord.bound(List.of())).isEqualTo("unknown");
    }

    /** 95, 63.2, 45.1, 13.9 and 0.746 %. */
    @ParameterizedTest
    @CsvSource({"1, 95", "3, 64", "5, 46", "20, 14", "400, 0.75"})
    void theLimitIsRoundedUp(int runs, String percent) {
        List<FixedRun> clean = new ArrayList<>();
        for (int i = 1; i <= runs; i++) {
            clean.add(run(i, "aaaa", List.of()));
        }
        assertThat(AlarmRecord.bound(clean)).isEqualTo("below " + percent + " %");
    }

    @Test
    void theTableCountsTheRunsOfEachCodeThatCount() {
        List<FixedRun> runs = new ArrayList<>();
        runs.add(run(1, "aaaa", List.of()));
        runs.add(run(2, "aaaa", List.of(), "a worker died"));
        runs.add(run(3, "aaaa", List.of("Q13 fixed")));
        runs.add(run(4, "aaaa", List.of("Q04 fixed"), "a worker died"));
        runs.add(run(1, "bbbb", List.of()));
        runs.add(run(2, "bbbb", List.of(), "a worker died"));
        runs.add(run(1, "cccc", List.of(), "a worker died"));
        runs.add(run(2, "cccc", List.of(), "a worker died"));
        assertThat(AlarmRecord.table(runs))
                .hasSize(5)
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "| quick | drawn | 17 | cccc | commit of 2 | 0 | - | 0 | 3, 2 |"
                                                + " unknown |"))
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "| quick | drawn | 17 | aaaa | commit of 4 | 3 | 1, 3 to 4"
                                                + " | 2 | 3, 2 |"))
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "| quick | drawn | 17 | bbbb | commit of 1 | 1 | 1 | 0 | 3,"
                                                + " 2 |"));
    }

    @Test
    void seedsDifferAndAreTheSameEachTime() {
        assertThat(Profile.seed(0)).isEqualTo(Profile.SEED);
        assertThat(Profile.seed(1)).isEqualTo(6681670391923771342L);
        assertThat(List.of(Profile.seed(1), Profile.seed(2), Profile.seed(3)))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsRunAndHowMuchOfItMakesTheCode() {
        Plan all = Plan.of(Profile.QUICK);
        assertThat(Origin.code(Profile.QUICK, all))
                .isEqualTo(Origin.code(Profile.QUICK, Plan.of(Profile.QUICK)))
                .isNotEqualTo(Origin.code(Profile.QUICK, all.onFixed(true)))
                .isNotEqualTo(Origin.code(Profile.STANDARD, all));
    }

    private String codeOf(String changed) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        for (String name :
                List.of(
                        "org/slubcheck/slubq/Refill.class",
                        "org/slubcheck/gate/Judgement.class",
                        "org/slubcheck/gate/GateRun$Running.class",
                        "org/slubcheck/gate/HtmlReport.class",
                        "org/slubcheck/gate/html/page.css",
                        "org/slubcheck/detection/Drift.class")) {
            Files.createDirectories(classes.resolve(name).getParent());
            Files.writeString(classes.resolve(name), name.equals(changed) ? "new" : "old");
        }
        return Origin.program(classes.toString(), Origin::runs);
    }

    /** All in one place, as in an archive of everything: what judges is not left out with the rest. */
    @ParameterizedTest
    @CsvSource({
        "org/slubcheck/slubq/Refill.class, true",
        "org/slubcheck/gate/Judgement.class, true",
        "org/slubcheck/gate/GateRun$Running.class, true",
        "org/slubcheck/gate/HtmlReport.class, false",
        "org/slubcheck/gate/html/page.css, false",
        "org/slubcheck/detection/Drift.class, false"
    })
    void whatRunsOrJudgesMakesTheCodeAndWhatTalksDoesNot(String changed, boolean another)
            throws IOException {
        assertThat(!codeOf(changed).equals(codeOf(""))).isEqualTo(another);
    }

    /** They keep, show, look something up, or hold only defects against the baseline. */
    private static final Set<String> BYSTANDERS =
            Set.of("Baseline", "CliException", "Exit", "GateProgress", "Home", "Journal", "Json");

    /** The names of classes stand in a class file as they are. */
    @Test
    void whatRunsLeansOnNothingElseOfTheCommandLine() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String name : Origin.RUNS) {
            try (InputStream in = Origin.class.getResourceAsStream(name + ".class")) {
                String file = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                Matcher of = Pattern.compile("org/slubcheck/gate/(\\w+)").matcher(file);
                while (of.find()) {
                    used.add(of.group(1));
                }
            }
        }
        assertThat(used).contains("Worker", "Plan");
        used.removeAll(Origin.RUNS);
        used.removeAll(BYSTANDERS);
        assertThat(used).isEmpty();
    }

    @Test
    void ofAPlanTheFixedCodeIsLeftAndTheCanaries() {
        Plan all = Plan.of(Profile.QUICK);
        Plan fixed = all.onFixed(false);
        assertThat(fixed.jobs())
                .hasSizeLessThan(all.jobs().size())
                .allMatch(job -> job.key().fixed() || job.key().canary());
        assertThat(all.onFixed(true).jobs())
                .isNotEmpty()
                .hasSizeLessThan(fixed.jobs().size())
                .noneMatch(
                        job ->
                                Set.of(Technique.MODEL, Technique.LOCKDEP, Technique.FAULT)
                                        .contains(job.key().technique()));
    }

    /** A fixed twin as a profile has it, and a canary of its technique, both ways. */
    private static Plan small(Profile profile) {
        List<Plan.Job> jobs = SmallGate.canaries(2);
        Plan.of(profile).jobs().stream()
                .filter(job -> job.key().id().equals("Q13"))
                .forEach(jobs::add);
        return new Plan(jobs);
    }

    private int execute(Path record, int runs, StringWriter out, String... more) {
        return execute(Origin::code, record, runs, out, more);
    }

    private static int execute(
            BiFunction<Profile, Plan, String> code,
            Path record,
            int runs,
            StringWriter out,
            String... more) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand("few-alarms", new AlarmsCommand(AlarmsTest::small, code));
        line.setOut(new PrintWriter(out));
        List<String> words = new ArrayList<>(List.of("few-alarms", "--profile", "quick"));
        words.addAll(List.of("--runs", Integer.toString(runs), "--record", record.toString()));
        words.addAll(List.of(more));
        return Main.orderly(line).execute(words.toArray(new String[0]));
    }

    @Test
    void aRunIsKeptAndNotRunAgain() throws IOException {
        Path record = folder.resolve("record.jsonl");
        StringWriter first = new StringWriter();
        assertThat(execute(record, 1, first)).as(first.toString()).isEqualTo(Exit.OK);
        assertThat(first.toString()).contains("runs=1 alarms=0, below 95 % of runs");
        FixedRun one = AlarmRecord.read(record).get(0);
        assertThat(one.verdicts()).isEqualTo(1);
        assertThat(one.drawn()).isEqualTo(1);
        // An alarm that nobody ever saw: what is kept counts, and nothing is run for it.
        FixedRun alarm =
                new FixedRun(
                        one.schema(),
                        1,
                        one.seed(),
                        one.profile(),
                        one.scope(),
                        one.commit(),
                        one.code(),
                        one.jdk(),
                        one.verdicts(),
                        one.drawn(),
                        List.of("Q13 fixed by property"),
                        List.of("a worker died"),
                        one.seconds());
        AlarmRecord.write(record, List.of(alarm));
        StringWriter second = new StringWriter();
        int exit = execute(record, 1, second);
        assertThat(exit)
                .as("%s%nafter %s%nrecord %s", second, alarm, Files.readString(record))
                .isEqualTo(Exit.FAILED);
        assertThat(second.toString()).doesNotContain("run 1, seed").contains("alarms=1");
        assertThat(AlarmRecord.read(record)).containsExactly(alarm);
        StringWriter third = new StringWriter();
        assertThat(execute(record, 1, third, "--from", "2"))
                .as(third.toString())
                .isEqualTo(Exit.OK);
        assertThat(third.toString()).contains("run 2, seed " + Profile.seed(1), "runs=1 alarms=0");
        assertThat(AlarmRecord.read(record)).hasSize(2).startsWith(alarm);
    }

    private static List<Path> halves() throws IOException {
        Path all = Files.createDirectories(Home.root().resolve("target/false-alarms"));
        try (Stream<Path> files = Files.list(all)) {
            return files.filter(file -> file.toString().endsWith(".journal")).sorted().toList();
        }
    }

    @Test
    void whatCannotBeKeptIsNotLost() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        List<Path> before = halves();
        BiFunction<Profile, Plan, String> code = (profile, plan) -> folder.toString();
        int exit = execute(code, file.resolve("record.jsonl"), 1, new StringWriter());
        assertThat(exit).isEqualTo(Exit.FAULT);
        List<Path> left = new ArrayList<>(halves());
        left.removeAll(before);
        assertThat(left).hasSize(1);
        assertThat(Files.readAllLines(left.get(0))).hasSizeGreaterThan(1);
        // An alarm that nobody ever saw, which is lost if all is run again.
        Jvm jvm = Jvm.current();
        Origin origin = Origin.ofCode(code.apply(Profile.QUICK, null), Profile.QUICK, jvm);
        Key check =
                small(Profile.QUICK).onFixed(true).jobs().stream()
                        .map(Plan.Job::key)
                        .filter(key -> !key.canary())
                        .findFirst()
                        .orElseThrow();
        try (Journal journal = Journal.begin(left.get(0), origin)) {
            journal.add(jvm.feature(), check.verdict(Outcome.FOUND, "nobody saw it"));
        }
        List<String> verdicts = Files.readAllLines(left.get(0));
        // Runs of another code begin anew and leave it where it is.
        Path record = folder.resolve("record.jsonl");
        assertThat(execute(record, 1, new StringWriter())).isEqualTo(Exit.OK);
        assertThat(Files.readAllLines(left.get(0))).isEqualTo(verdicts);
        assertThat(execute(code, record, 1, new StringWriter())).isEqualTo(Exit.FAILED);
        assertThat(halves()).isEqualTo(before);
        assertThat(AlarmRecord.read(record))
                .hasSize(2)
                .last()
                .satisfies(run -> assertThat(run.alarms()).hasSize(1));
    }

    @Test
    void aProgramThatIsBuiltAnewMeanwhileIsNotCounted() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Path record = folder.resolve("record.jsonl");
        List<Path> before = halves();
        int exit =
                execute(
                        (profile, plan) -> folder + " " + asked.incrementAndGet(),
                        record,
                        1,
                        new StringWriter());
        assertThat(exit).isEqualTo(Exit.FAULT);
        assertThat(asked).hasValue(2);
        assertThat(record).doesNotExist();
        assertThat(halves()).isEqualTo(before);
    }

    @Test
    void noRunIsKeptTwice() throws IOException {
        Path record = folder.resolve("record.jsonl");
        AlarmRecord.keep(record, run(1, "aaaa", List.of(), "a worker died"));
        AlarmRecord.keep(record, run(1, "bbbb", List.of()));
        assertThat(AlarmRecord.keep(record, run(1, "aaaa", List.of()))).hasSize(2);
        assertThatThrownBy(() -> AlarmRecord.keep(record, run(1, "aaaa", List.of())))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("another program has kept run 1");
        Files.writeString(record, Files.readString(record).repeat(2));
        assertThatThrownBy(() -> AlarmRecord.read(record))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("line 3 is run 1 of its kind once more");
    }

    @Test
    void whatIsNoRecordIsRefusedWithItsLine() throws IOException {
        Path record = folder.resolve("record.jsonl");
        AlarmRecord.write(record, List.of(run(1, "aaaa", List.of())));
        Files.writeString(record, Files.readString(record) + "{\"schema\": 1");
        assertThatThrownBy(() -> AlarmRecord.read(record))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("line 2 is no run");
        for (String number : new String[] {"--runs", "--from"}) {
            Cli none = Cli.run("false-alarms", number, "0");
            assertThat(none.exit()).isEqualTo(Exit.USAGE);
            assertThat(none.err()).hasLineCount(1);
        }
    }
}
