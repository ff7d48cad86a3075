package org.slubcheck.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slubcheck.detection.Draw;
import org.slubcheck.detection.Row;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressBudget;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.stress.process.Child;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * Rounds of stress on several defects at once. Each start of JCStress probes the machine and the JVM
 * and runs the test of overlap, which costs more than the samples of a defect: a round starts it once
 * for all defects that lack this round, as a gate does.
 *
 * <p>A round counts for all of its defects or for none. Were its finds kept when the rest of it came
 * to nothing, only what would have been a miss were made again, and the chance would come out too
 * high.
 */
final class StressRounds {
    private static final StressBudget ROUND = first(Profile.QUICK.stress());

    /** Makes one round. */
    interface Round {
        /**
         * A verdict for each test, in their order.
         *
         * @throws CliException (fault) when the round came to nothing
         */
        List<Verdict> of(List<StressTest> tests) throws InterruptedException;
    }

    private final Round round;
    private final Consumer<String> progress;

    /**
     * @param round makes a round
     * @param progress is told in a line what a round has found
     */
    StressRounds(Round round, Consumer<String> progress) {
        this.round = round;
        this.progress = progress;
    }

    /**
     * Makes the rounds that rows lack.
     *
     * @param rows as far as they are measured
     * @param rounds how many each is to have
     * @param kept is told the rows that a round was made of, after each round
     * @return the rows with all their rounds, in the same order
     * @throws CliException (fault) when a round came to nothing; those before it were kept
     */
    List<Row> measure(List<Row> rows, int rounds, Consumer<List<Row>> kept)
            throws InterruptedException {
        List<Row> measured = new ArrayList<>(rows);
        for (int i = 0; i < rounds; i++) {
            String name = "round " + i;
            List<Row> open = measured.stream().filter(row -> !row.has(name)).toList();
            if (open.isEmpty()) {
                continue;
            }
            List<Row> longer = plus(open, name);
            measured.replaceAll(row -> open.contains(row) ? longer.get(open.indexOf(row)) : row);
            kept.accept(longer);
        }
        return List.copyOf(measured);
    }

    private List<Row> plus(List<Row> open, String name) throws InterruptedException {
        List<Verdict> verdicts =
                round.of(open.stream().map(row -> StressTest.ofDefect(row.id(), false)).toList());
        for (Verdict verdict : verdicts) {
            if (verdict.outcome() == Outcome.NOT_RUN || verdict.outcome() == Outcome.FAULT) {
                throw new CliException(
                        Exit.FAULT,
                        name + " counts for nothing: " + verdict.id() + ": " + verdict.detail());
            }
        }
        List<Row> longer = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            boolean found = verdicts.get(i).outcome() == Outcome.FOUND;
            longer.add(open.get(i).plus(List.of(new Draw(name, 1, found))));
        }
        progress.accept(
                name
                        + ": "
                        + verdicts.stream()
                                .map(v -> v.id() + " " + v.outcome().label())
                                .collect(Collectors.joining(", ")));
        return longer;
    }

    /** A gate's first round, and no second: any samples will do, as there is no twin to be clean. */
    private static StressBudget first(StressBudget gate) {
        return new StressBudget(
                gate.forks(), gate.millis(), gate.iterations(), 1, 1, 1, gate.limit());
    }

    /** A round by JCStress, on the JVM that runs this. */
    static List<Verdict> byJcstress(List<StressTest> tests) throws InterruptedException {
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("log"));
            List<Verdict> verdicts =
                    new StressRunner(Jvm.current(), log, line -> {}).run(tests, ROUND);
            if (Child.ending()) {
                // Who is being ended has ended JCStress, too.
                throw new CliException(Exit.FAULT, "ended in the midst of a round");
            }
            return verdicts;
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new CliException(Exit.FAULT, "a round came to nothing: " + e.getMessage());
        } catch (IOException e) {
            throw Reports.fault("write", Path.of("a temporary folder"), e);
        }
    }
}
