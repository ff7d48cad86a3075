package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.verdict.Verdict;

/** Gates that are ended in the middle, as programs, and gone on with. */
class ResumeTest {
    private static final long LIMIT_SECONDS = 60;
    private static final long TICK_MILLIS = 5;

    /** Verdicts after which a gate is ended: of the 60 and more that there are. */
    private static final int SOME = 5;

    @TempDir static Path undisturbed;
    private static Report whole;

    @TempDir Path home;
    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void runOnce() throws Exception {
        Process gate = SmallGate.start(undisturbed, List.of(), SmallGate.COMMAND);
        end(gate);
        assertThat(gate.exitValue()).as(said(undisturbed)).isEqualTo(Exit.OK);
        whole = MergeCommand.read(undisturbed.resolve("target/gate/report.json"));
        assertThat(whole.sessions()).isEqualTo(1);
        assertThat(whole.verdicts()).noneMatch(Entry::earlier);
    }

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void whatWasEndedGoesOnAndSaysTheSame(String signal) throws Exception {
        // A group of its own, as a shell makes one: Ctrl-C comes to all programs of it at once.
        Process gate = SmallGate.start(home, List.of("setsid"), SmallGate.COMMAND);
        started.add(gate);
        List<ProcessHandle> programs = await(gate, SOME);
        String to = (signal.equals("INT") ? "-" : "") + gate.pid();
        new ProcessBuilder("kill", "-" + signal, "--", to).start().waitFor();
        end(gate);
        assertThat(gate.exitValue()).isNotIn(Exit.OK, Exit.FAILED);
        for (ProcessHandle program : programs) {
            program.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(left()).containsExactlyInAnyOrder("journal", "lock", "tools.log");
        if (signal.equals("INT")) {
            assertThat(said(home)).contains("--resume");
        }
        // A JVM that is killed takes nothing away; the next one does.
        assertThat(scratch(home)).hasSize(signal.equals("INT") ? 0 : 1);
        // As if it had been killed in the middle of writing.
        Files.writeString(reports().resolve("report.json.part"), "{\"passed\": tr");

        Process second = start("--resume");
        end(second);
        assertThat(second.exitValue()).as(said(home)).isEqualTo(Exit.OK);
        assertThat(left()).noneMatch(name -> name.endsWith(".part"));
        assertThat(scratch(home)).isEmpty();
        Report report = MergeCommand.read(reports().resolve("report.json"));
        assertThat(worth(report)).containsExactlyInAnyOrderElementsOf(worth(whole));
        assertThat(report.passed()).isTrue();
        assertThat(report.sessions()).isEqualTo(2);
        assertThat(report.verdicts()).filteredOn(Entry::earlier).hasSizeGreaterThanOrEqualTo(SOME);
        assertThat(report.verdicts()).anyMatch(e -> !e.earlier());
        assertThat(Files.readString(home.resolve("out")))
                .contains("started 2 times", "from before the last start");
    }

    @Test
    void whatIsOfAnotherGateIsRefusedInOneLine() throws Exception {
        Path before = undisturbed.resolve("target/gate/report.json");
        byte[] report = Files.readAllBytes(before);
        Process other =
                SmallGate.start(
                        undisturbed, List.of(), SmallGate.COMMAND, "--resume", "--shard", "1/2");
        end(other);
        assertThat(other.exitValue()).isEqualTo(Exit.USAGE);
        assertThat(said(undisturbed).lines())
                .filteredOn(line -> line.startsWith("slubcheck: "))
                .containsExactly(
                        "slubcheck: --resume: the gate that was ended was of another shard: 1/1,"
                                + " not 1/2; without --resume a new one starts");
        assertThat(Files.readAllBytes(before)).isEqualTo(report);
    }

    @Test
    void aFileInTheWayOfTheFolderIsAFaultInOneLine() throws Exception {
        Files.writeString(home.resolve("target"), "not a folder");
        Process gate = start();
        end(gate);
        assertOneLine(gate, "target");
    }

    @Test
    void aFolderThatMayOnlyBeReadIsAFaultInOneLine() throws Exception {
        Path locked = Files.createDirectory(home.resolve("target"));
        assertThat(locked.toFile().setWritable(false, false)).isTrue();
        Process gate = SmallGate.start(home, asAnybody(), SmallGate.COMMAND);
        end(gate);
        assertOneLine(gate, "gate");
        assertThat(said(home)).contains("access denied");
        assertThat(locked).isEmptyDirectory();
    }

    /** Root may write everywhere, unless it gives up just that. */
    private static List<String> asAnybody() {
        return "root".equals(System.getProperty("user.name"))
                ? List.of("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
                : List.of();
    }

    @Test
    void aFullDiskIsAFaultInOneLineAndNoHalfReport() throws Exception {
        // A limit on the size of a file: the journal is the first to reach it.
        Process gate =
                SmallGate.start(
                        home,
                        List.of("bash", "-c", "ulimit -f 8; exec \"$@\"", "bash"),
                        SmallGate.COMMAND);
        started.add(gate);
        List<ProcessHandle> programs = await(gate, 1);
        end(gate);
        assertOneLine(gate, "journal");
        assertThat(left()).containsExactlyInAnyOrder("journal", "lock", "tools.log");
        for (ProcessHandle program : programs) {
            program.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        Process second = start("--resume");
        end(second);
        assertThat(second.exitValue()).as(said(home)).isEqualTo(Exit.OK);
        Report report = MergeCommand.read(reports().resolve("report.json"));
        assertThat(worth(report)).containsExactlyInAnyOrderElementsOf(worth(whole));
    }

    private void assertOneLine(Process gate, String names) throws IOException {
        assertThat(gate.exitValue()).as(said(home)).isEqualTo(Exit.FAULT);
        assertThat(said(home).lines())
                .filteredOn(line -> !line.startsWith("jdk"))
                .singleElement()
                .asString()
                .startsWith("slubcheck: cannot write ")
                .contains(names)
                .doesNotContain("Exception");
    }

    /** What a report says, without when and how long. */
    private static List<String> worth(Report report) {
        return report.verdicts().stream()
                .map(
                        e -> {
                            Verdict v = e.verdict().took(0);
                            return e.expected() + " " + v;
                        })
                .toList();
    }

    private Process start(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(SmallGate.COMMAND));
        all.addAll(List.of(arguments));
        Process process = SmallGate.start(home, List.of(), all.toArray(new String[0]));
        started.add(process);
        return process;
    }

    private static void end(Process gate) throws InterruptedException {
        assertThat(gate.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until a gate has told so many verdicts; the programs below it then. */
    private List<ProcessHandle> await(Process gate, int verdicts) throws Exception {
        while (said(home).lines().filter(line -> line.startsWith("jdk")).count() < verdicts) {
            assertThat(gate.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS))
                    .as("the gate has ended: %s", said(home))
                    .isFalse();
        }
        return gate.descendants().toList();
    }

    private static String said(Path home) throws IOException {
        return Files.readString(home.resolve("err"));
    }

    private Path reports() {
        return home.resolve("target").resolve("gate");
    }

    /** The folders of tools that were not taken away. */
    private static List<Path> scratch(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("temp"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("slubcheck-")).toList();
        }
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(reports())) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
