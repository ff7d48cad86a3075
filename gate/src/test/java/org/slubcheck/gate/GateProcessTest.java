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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.stress.Jvm;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Real gates and real workers, ended in every way that there is. */
class GateProcessTest {
    private static final long LIMIT_SECONDS = 60;
    private static final long TICK_MILLIS = 20;

    /** As long as all others together. */
    private static final String SLOW_CANARY = "spin-deadlock";

    @TempDir Path home;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aTerminatedGateLeavesNoProcessAndNoReport() throws Exception {
        Files.createDirectories(reports());
        Files.writeString(reports().resolve("report.json"), "{\"passed\": true}");
        Process gate = gate();
        List<ProcessHandle> workers = workersOf(gate);
        gate.destroy();
        assertThat(gate.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.exitValue()).isNotZero();
        awaitEnd(workers);
        // The old report is kept under a name that says that it is not of this gate.
        assertThat(leftReports()).containsExactly("previous.json");
    }

    @Test
    void theWorkersOfAKilledGateEndWithIt() throws Exception {
        Process gate = gate();
        List<ProcessHandle> workers = workersOf(gate);
        gate.destroyForcibly();
        awaitEnd(workers);
        assertThat(leftReports()).isEmpty();
    }

    @Test
    void aSecondGateIsRefusedInOneLine() throws Exception {
        Process gate = gate();
        workersOf(gate);
        Path err = home.resolve("second.err");
        Process second = start(err);
        assertThat(second.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(Exit.USAGE);
        assertThat(Files.readAllLines(err))
                .filteredOn(line -> line.startsWith("slubcheck: "))
                .singleElement()
                .asString()
                .contains("another gate");
    }

    @Test
    void aKilledWorkerIsAFault() throws Exception {
        List<Plan.Job> jobs = new ArrayList<>();
        for (ModelCanaries.Twin twin : ModelCanaries.ALL) {
            if (!twin.name().equals(SLOW_CANARY)) {
                jobs.add(
                        Plan.job(
                                Part.MODEL, twin.id(), Technique.MODEL, twin.name(), twin.fixed()));
            }
        }
        Plan plan = new Plan(jobs);
        Path log = Files.createFile(home.resolve("log"));
        Path kept = home.resolve("journal");
        Origin origin = Origin.of(Profile.QUICK, Shard.WHOLE, List.of(Jvm.current()));
        try (GateProgress progress = new Killer(jobs.size());
                Journal journal = Journal.begin(kept, origin)) {
            GateRun run = gate(plan, log, progress, journal);
            run.run();
            List<Entry> entries = run.entries();
            assertThat(Judgement.exit(entries)).isEqualTo(Exit.FAULT);
            assertThat(entries)
                    .filteredOn(e -> e.verdict().id().equals(Judgement.WORKER))
                    .singleElement()
                    .satisfies(e -> assertThat(e.verdict().outcome()).isEqualTo(Outcome.FAULT))
                    .satisfies(e -> assertThat(e.verdict().detail()).contains("137", "tools.log"));
            assertThat(entries).extracting(e -> e.verdict().outcome()).contains(Outcome.NOT_RUN);
        }
        // What it did not come to say is said when the gate is gone on with.
        try (GateProgress progress =
                        new GateProgress(Jvm.current().feature(), 0, GateCommand.Told.QUIET);
                Journal journal = Journal.resume(kept, origin)) {
            GateRun run = gate(plan, log, progress, journal);
            run.run();
            assertThat(run.entries()).hasSize(jobs.size()).allMatch(Entry::expected);
            assertThat(run.entries()).anyMatch(Entry::earlier).anyMatch(e -> !e.earlier());
        }
    }

    /** Kills the worker as soon as it has said something; it has seconds of work left then. */
    private static final class Killer extends GateProgress {
        private final List<ProcessHandle> before = ProcessHandle.current().children().toList();

        Killer(int expected) {
            super(17, expected, GateCommand.Told.SUMMARY);
        }

        @Override
        void verdict(Verdict v) {
            ProcessHandle.current()
                    .children()
                    .filter(p -> !before.contains(p))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    private Process gate() throws IOException {
        return start(home.resolve("gate.err"));
    }

    private Process start(Path err) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Jvm.current().java().toString());
        command.addAll(Jvm.current().options());
        command.addAll(List.of("-Dslubcheck.home=" + home, "-cp", Jvm.current().classPath()));
        command.addAll(List.of(Main.class.getName(), "gate", "--profile", "quick"));
        Process process =
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectOutput(home.resolve("gate.out").toFile())
                        .redirectError(err.toFile())
                        .start();
        started.add(process);
        return process;
    }

    /** The two that run at first, once both are there. */
    private List<ProcessHandle> workersOf(Process gate) throws Exception {
        List<ProcessHandle> workers = List.of();
        while (workers.size() < 2) {
            assertThat(gate.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS))
                    .as("the gate has ended: %s", Files.readString(home.resolve("gate.err")))
                    .isFalse();
            workers = gate.descendants().toList();
        }
        return workers;
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private Path reports() {
        return home.resolve("target").resolve("gate");
    }

    private List<String> leftReports() throws IOException {
        try (Stream<Path> files = Files.list(reports())) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !List.of("lock", "tools.log", "journal").contains(name))
                    .toList();
        }
    }

    private static GateRun gate(Plan plan, Path log, GateProgress progress, Journal journal) {
        return new GateRun(
                Jvm.current(), Profile.QUICK, Profile.SEED, plan, log, progress, journal);
    }
}
