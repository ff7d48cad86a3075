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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.detection.Chance;
import org.slubcheck.detection.FixedRun;
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
        return Entry.of(
                17,
                new Verdict(
                        key.id(),
                        key.fixed(),
                        key.technique(),
                        key.subject(),
                        outcome,
                        9,
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
    void aFindInTheFixedCodeIsAnAlarmAndWhatFailsOtherwiseIsNone() {
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

    @Test
    void zeroOfFewIsNoPromise() {
        assertThat(Chance.atMost(0, 1)).isBetween(0.949, 0.951);
        assertThat(Chance.atMost(0, 20)).isBetween(0.139, 0.140);
        assertThat(Chance.atMost(1, 20)).isBetween(0.216, 0.217);
        assertThat(AlarmRecord.bound(List.of())).isEqualTo("unknown");
    }

    @Test
    void theTableCountsTheRunsOfEachCodeThatCount() {
        List<FixedRun> runs = new ArrayList<>();
        runs.add(run(1, "aaaa", List.of()));
        runs.add(run(2, "aaaa", List.of(), "a worker died"));
        runs.add(run(3, "aaaa", List.of("Q13 fixed")));
        runs.add(run(4, "aaaa", List.of("Q04 fixed"), "a worker died"));
        runs.add(run(1, "bbbb", List.of()));
        assertThat(AlarmRecord.table(runs))
                .hasSize(4)
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "| quick | drawn | 17 | aaaa | commit of 4 | 3 | 2 | 3, 2 |"))
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "| quick | drawn | 17 | bbbb | commit of 1 | 1 | 0 | 3, 2 |"));
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
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand("few-alarms", new AlarmsCommand(AlarmsTest::small));
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
