package org.slubcheck.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slubcheck.testkit.Judge.Conclusion;
import org.slubcheck.testkit.Judge.Evidence;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Runs a scenario in real threads, a new state each time, and counts how the runs end.
 *
 * <p>What it is: many short runs on this hardware and this JVM, with its memory model and its
 * compilers, sampled. What it is not: JCStress. That generates code for each test, so that the
 * compiler sees task and state at once; it runs it in JVMs of its own with randomised compilers, and
 * binds threads to CPUs. Here a task is called through an interface in the JVM of the test, so what
 * is reordered is what the hardware reorders and what the compiler does within a task. Nothing can
 * be replayed: a finding is evidence, a clean verdict a rate.
 *
 * <p>Immutable: each method that sets something gives a new one.
 */
public final class StressCheck {
    private static final long SAMPLES = 100_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final long samples;
    private final Duration limit;
    private final Pattern symptom;
    private final int stuckAfter;
    private final Supplier<String> canaries;

    StressCheck(Supplier<String> canaries) {
        this(SAMPLES, LIMIT, null, Rounds.STUCK, canaries);
    }

    private StressCheck(
            long samples,
            Duration limit,
            Pattern symptom,
            int stuckAfter,
            Supplier<String> canaries) {
        this.samples = samples;
        this.limit = limit;
        this.symptom = symptom;
        this.stuckAfter = stuckAfter;
        this.canaries = canaries;
    }

    /** Runs so many times, 100 000 if nothing is said, unless something is wrong before. */
    public StressCheck samples(long count) {
        Check.atLeast(1, count, "samples");
        return new StressCheck(count, limit, symptom, stuckAfter, canaries);
    }

    /**
     * Begins no more samples after so long, 5 min if nothing is said. Too few samples are NOT-RUN.
     */
    public StressCheck limit(Duration longest) {
        Check.atLeast(1, longest.toMillis(), "limit in ms");
        return new StressCheck(samples, longest, symptom, stuckAfter, canaries);
    }

    /** The subject is known to be wrong: only what this matches is FOUND, and that must come out. */
    public StressCheck symptom(String regex) {
        return new StressCheck(samples, limit, Pattern.compile(regex), stuckAfter, canaries);
    }

    /** Gives tasks up after so many half seconds without any progress. */
    StressCheck stuckAfter(int looks) {
        return new StressCheck(samples, limit, symptom, looks, canaries);
    }

    /**
     * Checks a scenario. Tasks that wait for each other's monitors or locks in a circle are FOUND;
     * tasks that make no progress for 30 s for another reason are a FAULT, interrupted and left
     * behind. With more tasks than CPUs they never all run at the same moment.
     */
    public Verdict run(Scenario<?> scenario) {
        long begin = System.nanoTime();
        Bench bench = new Bench(scenario);
        bench.proveOracle(stuckAfter);
        Rounds rounds = new Rounds(bench, stuckAfter);
        if (bench.fault().isEmpty()) {
            rounds.run(samples, limit);
        }
        long runs = bench.tally().runs();
        Evidence evidence =
                new Evidence(
                        bench.tally(),
                        bench.fault(),
                        rounds.wrong(),
                        symptom,
                        samples,
                        false,
                        "",
                        "",
                        String.format(
                                Locale.ROOT,
                                "%d samples; at 95 %% what is looked for is rarer than %.1e a sample",
                                runs,
                                3.0 / Math.max(1, runs)));
        Conclusion c = Judge.conclude(evidence, canaries);
        return Check.verdict(
                        scenario.name(), symptom != null, Technique.STRESS, c, bench.tally(), begin)
                .runs(runs)
                .told(table(bench.tally(), rounds.wrong()))
                .counting(counts(bench.tally()));
    }

    private static List<Count> counts(Tally tally) {
        List<Count> counts = new ArrayList<>();
        tally.outcomes().forEach((how, runs) -> counts.add(new Count(how, runs, "")));
        return counts;
    }

    private static List<String> table(Tally tally, String wrong) {
        List<String> lines = new ArrayList<>();
        lines.add("       samples  outcome");
        for (Map.Entry<String, Long> e : tally.outcomes().entrySet()) {
            lines.add(String.format(Locale.ROOT, "%,14d  %s", e.getValue(), e.getKey()));
        }
        wrong.lines().forEach(line -> lines.add("=> " + line));
        return lines;
    }
}
