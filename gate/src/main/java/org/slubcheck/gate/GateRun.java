package org.slubcheck.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.stress.process.Child;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * All verdicts of a gate on one JDK: workers in JVMs of their own, two at a time, then the stress
 * tests, which need both CPUs for themselves.
 *
 * <p>What a worker did not deliver, because it died or was killed at its limit, is NOT-RUN. A clean
 * verdict of a tool whose canaries failed is NOT-RUN too.
 */
final class GateRun {
    private static final Duration WORKER_LIMIT_QUICK = Duration.ofMinutes(30);
    private static final Duration WORKER_LIMIT = Duration.ofHours(8);
    private static final int POLL_MILLIS = 200;
    private static final int HEAP_MIB = 1536;

    private final Jvm jvm;
    private final Profile profile;
    private final Path log;
    private final Consumer<Verdict> told;
    private final List<Verdict> verdicts = new ArrayList<>();

    /**
     * @param log where the tools' own output goes
     * @param told is told each verdict as it comes
     */
    GateRun(Jvm jvm, Profile profile, Path log, Consumer<Verdict> told) {
        this.jvm = jvm;
        this.profile = profile;
        this.log = log;
        this.told = told;
    }

    /** Runs everything. */
    List<Entry> run() throws InterruptedException {
        try (Scratch scratch = Scratch.open()) {
            workers(scratch.folder());
        }
        stress();
        addMissing();
        List<Entry> entries = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            Entry entry = Entry.of(jvm.feature(), verdict);
            boolean trusted = canariesHold(verdict.technique());
            entries.add(
                    !entry.canary() && verdict.outcome().clean() && !trusted
                            ? entry.distrusted()
                            : entry);
        }
        return entries;
    }

    private void workers(Path folder) throws InterruptedException {
        List<Worker.Kind> waiting = new ArrayList<>(List.of(Worker.Kind.values()));
        List<Running> running = new ArrayList<>();
        long deadline = System.nanoTime() + limit().toNanos();
        while (!waiting.isEmpty() || !running.isEmpty()) {
            while (!waiting.isEmpty() && running.size() < 2) {
                running.add(start(waiting.remove(0), folder));
            }
            boolean late = System.nanoTime() > deadline;
            for (Running worker : List.copyOf(running)) {
                boolean ended = worker.ended();
                worker.news().forEach(this::add);
                if (ended || late) {
                    worker.child.close();
                    running.remove(worker);
                }
            }
            if (late) {
                return;
            }
        }
    }

    private Duration limit() {
        return profile == Profile.QUICK ? WORKER_LIMIT_QUICK : WORKER_LIMIT;
    }

    private Running start(Worker.Kind kind, Path folder) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        Path out = folder.resolve(name + ".jsonl");
        List<String> command = new ArrayList<>();
        command.add(jvm.java().toString());
        command.addAll(jvm.options());
        command.add("-Xmx" + HEAP_MIB + "m");
        if (kind != Worker.Kind.PROPERTY) {
            // What the model checker runs is instrumented to many times its size: the optimising
            // compiler eats more processor time than it ever gives back (measured: 20 times fewer
            // interleavings in the first 20 s of processor time).
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        }
        command.add("-Dslubcheck.home=" + Home.root());
        command.addAll(List.of("-cp", jvm.classPath(), Worker.class.getName()));
        command.addAll(List.of(name, profile.label(), out.toString()));
        return new Running(Child.start(command, folder, log), out);
    }

    private void stress() throws InterruptedException {
        StressRunner runner = new StressRunner(jvm, log, line -> {});
        runner.run(StressTest.canaries(), profile.stress()).forEach(this::add);
        for (Catalogue.Entry entry : Catalogue.entries()) {
            if (entry.subjects().containsKey(Technique.STRESS)) {
                runner.run(StressTest.ofDefect(entry.defect().id()), profile.stress())
                        .forEach(this::add);
            }
        }
    }

    private void add(Verdict verdict) {
        verdicts.add(verdict);
        told.accept(verdict);
    }

    private void addMissing() {
        for (String suite : Suites.ids(profile)) {
            if (verdicts.stream().noneMatch(v -> v.id().equals(suite))) {
                add(notRun(suite, Technique.PROPERTY, suite, true));
            }
        }
        for (Catalogue.Entry entry : Catalogue.entries()) {
            for (Technique technique : entry.subjects().keySet()) {
                for (boolean fixed : new boolean[] {false, true}) {
                    boolean there =
                            verdicts.stream()
                                    .anyMatch(
                                            v ->
                                                    v.id().equals(entry.defect().id())
                                                            && v.technique() == technique
                                                            && v.fixed() == fixed);
                    if (!there) {
                        String subject = entry.subjects().get(technique);
                        add(notRun(entry.defect().id(), technique, subject, fixed));
                    }
                }
            }
        }
    }

    private static Verdict notRun(String id, Technique technique, String subject, boolean fixed) {
        return new Verdict(
                id,
                fixed,
                technique,
                subject,
                Outcome.NOT_RUN,
                0,
                -1,
                0,
                0,
                "",
                "its worker ended or was killed before it",
                List.of());
    }

    /** Tools with canaries: all of them ran and came out as they must. */
    private boolean canariesHold(Technique technique) {
        if (technique != Technique.MODEL && technique != Technique.STRESS) {
            return true;
        }
        List<Entry> canaries =
                verdicts.stream()
                        .filter(v -> v.technique() == technique)
                        .map(v -> Entry.of(jvm.feature(), v))
                        .filter(Entry::canary)
                        .toList();
        return !canaries.isEmpty() && canaries.stream().allMatch(Entry::expected);
    }

    /** A worker under way, and how much of its file has been read. */
    private static final class Running {
        final Child child;
        private final Path out;
        private int lines;

        Running(Child child, Path out) {
            this.child = child;
            this.out = out;
        }

        /** Waits a little; true when it has ended. */
        boolean ended() throws InterruptedException {
            return child.process().waitFor(POLL_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
        }

        /** Whole lines that were not read yet. */
        List<Verdict> news() {
            List<Verdict> fresh = new ArrayList<>();
            if (!Files.exists(out)) {
                return fresh;
            }
            try {
                String text = Files.readString(out);
                List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
                for (; lines < whole.size(); lines++) {
                    fresh.add(Json.MAPPER.readValue(whole.get(lines), Verdict.class));
                }
            } catch (JsonProcessingException e) {
                throw new CliException(Exit.FAULT, "a worker wrote what is no verdict");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read a worker's verdicts", e);
            }
            return fresh;
        }
    }
}
