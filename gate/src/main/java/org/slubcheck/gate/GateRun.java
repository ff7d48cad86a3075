package org.slubcheck.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressBudget;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.stress.process.Child;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Verdict;

/**
 * All verdicts of a gate on one JDK: workers in JVMs of their own, two at a time, then the stress
 * tests, which need both CPUs for themselves. {@link Judgement} says what they are worth.
 */
final class GateRun {
    /** The longest first, so that two lanes end at about the same time. */
    private static final List<Part> WORKERS =
            List.of(
                    Part.MODEL,
                    Part.MODEL_TOO,
                    Part.PAIRS,
                    Part.PROPERTY,
                    Part.LINEARIZABILITY,
                    Part.SUITE);

    private static final Duration WORKER_LIMIT_QUICK = Duration.ofMinutes(30);
    private static final Duration WORKER_LIMIT = Duration.ofHours(8);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int HEAP_MIB = 1536;

    /** The collector of all parts but one. */
    static final String SERIAL = "-XX:+UseSerialGC";

    private final Jvm jvm;
    private final Profile profile;
    private final long seed;
    private final Plan plan;
    private final Plan left;
    private final Path log;
    private final GateProgress progress;
    private final Journal journal;
    private final List<Verdict> before;
    private final List<Verdict> verdicts;
    private final List<Mishap> mishaps = new ArrayList<>();

    /**
     * @param seed what properties draw from; stress draws its own
     * @param plan what is run
     * @param log where the tools' own output goes
     * @param progress is told each verdict as it comes
     * @param journal keeps it; of what it has already, nothing is run
     */
    GateRun(
            Jvm jvm,
            Profile profile,
            long seed,
            Plan plan,
            Path log,
            GateProgress progress,
            Journal journal) {
        this.jvm = jvm;
        this.profile = profile;
        this.seed = seed;
        this.plan = plan;
        this.log = log;
        this.progress = progress;
        this.journal = journal;
        this.before = journal.before(jvm.feature());
        this.verdicts = new ArrayList<>(before);
        this.left = plan.without(before);
    }

    /**
     * Runs everything that the journal does not have.
     *
     * @throws CliException (fault) when the journal cannot be written: the programs are ended then
     */
    void run() throws InterruptedException {
        try (Scratch scratch = Scratch.open()) {
            workers(scratch.folder());
        }
        stress();
    }

    /** What has come out so far, and what has not. */
    List<Entry> entries() {
        Set<Key> earlier = before.stream().map(Key::of).collect(Collectors.toSet());
        List<Entry> judged = Judgement.judge(jvm.feature(), plan, verdicts, mishaps);
        return Baseline.hold(Baseline.measured(), judged).stream()
                .map(e -> earlier.contains(Key.of(e.verdict())) ? e.fromBefore() : e)
                .toList();
    }

    private void workers(Path folder) throws InterruptedException {
        List<Part> waiting =
                new ArrayList<>(WORKERS.stream().filter(p -> !left.of(p).isEmpty()).toList());
        List<Running> running = new ArrayList<>();
        try {
            workers(folder, waiting, running);
        } finally {
            running.forEach(worker -> worker.child.close());
        }
    }

    private void workers(Path folder, List<Part> waiting, List<Running> running)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit().toNanos();
        while (!waiting.isEmpty() || !running.isEmpty()) {
            while (!waiting.isEmpty() && running.size() < 2) {
                Part next = waiting.remove(0);
                try {
                    running.add(start(next, folder));
                } catch (UncheckedIOException e) {
                    mishaps.add(new Mishap(next, "its program does not start: " + e.getMessage()));
                }
            }
            boolean late = System.nanoTime() - deadline > 0;
            for (Running worker : List.copyOf(running)) {
                boolean ended = worker.child.poll(POLL);
                worker.news(this::add, mishaps::add);
                if (ended || late) {
                    running.remove(worker);
                    worker.end(limit(), mishaps::add);
                }
            }
            if (late) {
                waiting.forEach(part -> mishaps.add(new Mishap(part, "no time was left for it")));
                waiting.clear();
            }
        }
    }

    private Duration limit() {
        return profile == Profile.QUICK ? WORKER_LIMIT_QUICK : WORKER_LIMIT;
    }

    private Running start(Part part, Path folder) {
        Path jobs = folder.resolve(part.label() + ".jobs.json");
        Path out = folder.resolve(part.label() + ".jsonl");
        try {
            Files.write(jobs, Json.MAPPER.writeValueAsBytes(left.of(part)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a worker's jobs", e);
        }
        List<String> command = new ArrayList<>();
        command.add(jvm.java().toString());
        command.addAll(jvm.options());
        command.addAll(options(part, profile));
        command.add("-Dslubcheck.home=" + Home.root());
        command.addAll(List.of("-cp", jvm.classPath(), Worker.class.getName()));
        command.addAll(List.of(part.label(), profile.label(), Long.toString(seed)));
        command.addAll(List.of(jobs.toString(), out.toString()));
        return new Running(part, Child.start(command, folder, log), out);
    }

    /**
     * What the JVM of a part is told. Parts that judge by one technique have the same compilers: its
     * canaries run in one of them and speak for all. Their collectors may differ, as no verdict of a
     * worker depends on when memory is collected.
     */
    static List<String> options(Part part, Profile profile) {
        List<String> options = new ArrayList<>(List.of("-Xmx" + HEAP_MIB + "m"));
        if (part.instrumented() || profile == Profile.QUICK) {
            // Half of a check's time is instrumenting classes and warming up, and so is that of 200
            // tries: the optimising compiler takes more processor time than it gives back.
            options.add("-XX:TieredStopAtLevel=1");
        }
        if (part != Part.SUITE) {
            // The machine of a trace is one array, too large for what this leaves of the heap.
            options.add(SERIAL);
        }
        return options;
    }

    private void stress() throws InterruptedException {
        StressRunner runner = new StressRunner(jvm, log, progress::line);
        Map<Boolean, List<StressTest>> groups =
                left.of(Part.STRESS).stream()
                        .collect(
                                Collectors.partitioningBy(
                                        Key::canary,
                                        Collectors.mapping(
                                                key -> StressTest.of(key.subject()),
                                                Collectors.toList())));
        // Canaries first. The rest at once: each start probes the machine and the JVM, and runs the
        // test of overlap.
        stress(runner, groups.get(true), profile.stress().forCanaries());
        stress(runner, groups.get(false), profile.stress());
    }

    private void stress(StressRunner runner, List<StressTest> tests, StressBudget budget)
            throws InterruptedException {
        if (tests.isEmpty()) {
            return;
        }
        try {
            runner.run(tests, budget).forEach(this::add);
        } catch (UncheckedIOException | IllegalStateException e) {
            mishaps.add(new Mishap(Part.STRESS, String.valueOf(e.getMessage())));
        }
    }

    private void add(Verdict verdict) {
        verdicts.add(verdict);
        // Who is being ended has ended its own tools: what they say now is worth nothing.
        if (!Child.ending()) {
            journal.add(jvm.feature(), verdict);
        }
        progress.verdict(verdict);
    }

    /** A worker under way, and how much of its file has been read. */
    private static final class Running {
        private final Part part;
        private final Child child;
        private final Path out;
        private int lines;

        Running(Part part, Child child, Path out) {
            this.part = part;
            this.child = child;
            this.out = out;
        }

        /** Whole lines that were not read yet. */
        void news(Consumer<Verdict> told, Consumer<Mishap> wrong) {
            if (!Files.exists(out)) {
                return;
            }
            List<String> whole;
            try {
                // What is behind the last line end may be half a character.
                String text = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
                whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            } catch (IOException e) {
                wrong.accept(new Mishap(part, "its verdicts cannot be read: " + e.getMessage()));
                return;
            }
            for (; lines < whole.size(); lines++) {
                try {
                    told.accept(Json.MAPPER.readValue(whole.get(lines), Verdict.class));
                } catch (JsonProcessingException e) {
                    wrong.accept(new Mishap(part, "it wrote what is no verdict" + SEE_LOG));
                }
            }
        }

        /** The end of it: by itself, or now. */
        void end(Duration limit, Consumer<Mishap> wrong) {
            boolean alive = child.process().isAlive();
            child.close();
            if (alive) {
                wrong.accept(
                        new Mishap(
                                part,
                                "killed at its limit of " + limit.toMinutes() + " min" + SEE_LOG));
            } else if (child.process().exitValue() != Exit.OK) {
                wrong.accept(
                        new Mishap(
                                part,
                                "its program ended with exit code "
                                        + child.process().exitValue()
                                        + SEE_LOG));
            }
        }
    }

    private static final String SEE_LOG = "; see target/gate/tools.log";
}
