package org.slubcheck.stress;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slubcheck.stress.process.Child;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Verdict;

/**
 * Runs JCStress tests as a program of their own and judges what they leave.
 *
 * <p>JCStress exits with 0 when no test matched and when there are too few CPUs, a killed run leaves
 * a file that cannot be read, and a test whose actors were lost in inheritance runs with one thread.
 * None of these is a success: a verdict comes from samples that were counted, or is NOT-RUN.
 */
public final class StressRunner {
    /** Two actors: a kernel test with another number was compiled from the wrong class. */
    private static final int ACTORS = 2;

    /**
     * Random instruction scheduling: it is what lets a compiled plain access move; and one compiler,
     * so that a short run is in optimised code at once.
     */
    private static final String SCHEDULING =
            "-XX:-TieredCompilation -XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM";

    /**
     * Runs beside the tests of every round. Where a plain Dekker does not show 0, 0 the two actors
     * hardly ran at the same time, and samples in which nothing went wrong say nothing.
     */
    private static final StressTest OVERLAP =
            StressTest.of("org.slubcheck.stress.canary.StoreBuffering.Buggy");

    /** Exit codes above this are signals. */
    private static final int SIGNALLED = 128;

    private final Jvm jvm;
    private final Path log;
    private final Consumer<String> progress;

    /**
     * @param jvm what runs the tests
     * @param log where the output of JCStress is appended
     * @param progress is told in a line what is being done
     */
    public StressRunner(Jvm jvm, Path log, Consumer<String> progress) {
        this.jvm = jvm;
        this.log = log;
        this.progress = progress;
    }

    /**
     * Runs the tests and judges each; one verdict for each test, in their order. What a round took
     * is shared out evenly among its tests.
     *
     * @throws IllegalStateException when JCStress or a JVM of its own was killed: that says nothing
     *     of any test
     */
    public List<Verdict> run(List<StressTest> tests, StressBudget budget)
            throws InterruptedException {
        Map<StressTest, Tally> tallies = new HashMap<>();
        Map<StressTest, Long> reached = new HashMap<>();
        Map<StressTest, Double> seconds = new HashMap<>();
        tests.forEach(test -> reached.put(test, StepProof.reached(test)));
        int idle = 0;
        for (int round = 0; round < budget.rounds(); round++) {
            List<StressTest> open =
                    tests.stream().filter(t -> !done(t, tallies.get(t), budget)).toList();
            if (open.isEmpty()) {
                break;
            }
            progress.accept(
                    "stress: "
                            + open.stream()
                                    .map(t -> t.id() + (t.fixed() ? " fixed" : ""))
                                    .collect(Collectors.joining(", ")));
            long begin = System.nanoTime();
            Map<String, Tally> counted = round(open, budget);
            double share = (System.nanoTime() - begin) / 1e9 / open.size();
            open.forEach(test -> seconds.merge(test, share, Double::sum));
            if (!overlapped(counted)) {
                idle++;
                counted.values().removeIf(Tally::clean);
            }
            for (StressTest test : open) {
                Tally more = counted.get(test.name());
                if (more != null) {
                    tallies.merge(test, more, Tally::plus);
                }
            }
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (StressTest test : tests) {
            Tally tally = tallies.get(test);
            if (tally == null && idle > 0) {
                tally = Tally.failed("in " + idle + " rounds store buffering never showed");
            }
            verdicts.add(
                    StressJudge.judge(test, tally, budget.fewest(test), reached.get(test))
                            .took(seconds.getOrDefault(test, 0.0)));
        }
        return verdicts;
    }

    /** Whether the actors of a round ran at the same time. */
    static boolean overlapped(Map<String, Tally> counted) {
        return counted.getOrDefault(OVERLAP.name(), Tally.NONE).symptoms() > 0;
    }

    /** Whether more samples cannot change the verdict any more, or are not needed. */
    private static boolean done(StressTest test, Tally tally, StressBudget budget) {
        if (tally == null) {
            return false;
        }
        boolean wrong = tally.symptoms() > 0 || tally.others() > 0 || !tally.error().isEmpty();
        return wrong || test.fixed() && tally.samples() >= budget.fewest(test);
    }

    private Map<String, Tally> round(List<StressTest> tests, StressBudget budget)
            throws InterruptedException {
        for (StressTest test : tests) {
            if (test.actors() != ACTORS) {
                return failed(tests, test.name() + " has " + test.actors() + " actors, not 2");
            }
        }
        try (Scratch scratch = Scratch.open()) {
            try (Child child = Child.start(command(tests, budget), scratch.folder(), log)) {
                Duration limit = budget.limit(tests.size());
                if (!child.waitFor(limit)) {
                    return failed(tests, "killed: not ready after " + limit.toSeconds() + " s");
                }
                int exit = child.process().exitValue();
                if (exit > SIGNALLED) {
                    throw new IllegalStateException(
                            "JCStress was ended by signal " + (exit - SIGNALLED));
                }
            }
            return ResultFile.read(scratch.folder());
        } catch (IOException e) {
            return failed(tests, "the results cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, Tally> failed(List<StressTest> tests, String why) {
        Map<String, Tally> tallies = new HashMap<>();
        tests.forEach(t -> tallies.put(t.name(), Tally.failed(why)));
        return tallies;
    }

    private List<String> command(List<StressTest> tests, StressBudget budget) {
        String pattern =
                Stream.concat(tests.stream(), Stream.of(OVERLAP))
                        .map(t -> Pattern.quote(t.name()))
                        .distinct()
                        .collect(Collectors.joining("|", "^(", ")$"));
        List<String> command = new ArrayList<>();
        command.add(jvm.java().toString());
        command.addAll(jvm.options());
        command.addAll(List.of("-cp", jvm.classPath(), StressMain.class.getName()));
        command.addAll(List.of("-t", pattern));
        command.addAll(List.of("-sc", "false"));
        command.addAll(List.of("-f", Integer.toString(budget.forks())));
        command.addAll(List.of("-time", Integer.toString(budget.millis())));
        command.addAll(List.of("-iters", Integer.toString(budget.iterations())));
        // The machine may be busy: a spinning actor must let the other one run.
        command.addAll(List.of("-spinStyle", "THREAD_YIELD"));
        command.addAll(List.of("-jvmArgs", scheduling()));
        return command;
    }

    private String scheduling() {
        String own = String.join(" ", jvm.options());
        return own.isEmpty() ? SCHEDULING : SCHEDULING + " " + own;
    }
}
