package org.slubcheck.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;

/** Reads what JCStress leaves in its working folder: {@code jcstress-results-*.bin.gz}. */
final class ResultFile {
    /** The outcome of a kernel test that is wrong, but not in the way that the test is about. */
    private static final String FAULT_OUTCOME = "2";

    private ResultFile() {}

    /**
     * The tally of every test that has one, by its name.
     *
     * @throws IllegalStateException when a JVM died that ran one of them
     */
    static Map<String, Tally> read(Path folder) throws IOException {
        InProcessCollector all = new InProcessCollector();
        for (Path file : files(folder)) {
            DiskReadCollector reader = new DiskReadCollector(file.toString(), all);
            try {
                reader.dump();
            } catch (ClassNotFoundException e) {
                throw new IOException("the results of JCStress are of another version", e);
            } finally {
                reader.close();
            }
        }
        Map<String, Tally> tallies = new HashMap<>();
        for (TestResult result : ReportUtils.mergedByName(all.getTestResults())) {
            tallies.put(result.getName(), tally(result));
        }
        return tallies;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.getFileName().toString().endsWith(".bin.gz"))
                    .sorted()
                    .toList();
        }
    }

    static Tally tally(TestResult result) {
        if (result.status() == Status.VM_ERROR) {
            throw new IllegalStateException(
                    "a JVM of JCStress died: " + firstOf(result.getMessages()));
        }
        if (result.status() != Status.NORMAL) {
            return new Tally(
                    result.getTotalCount(),
                    0,
                    0,
                    "",
                    "JCStress says " + result.status() + " " + firstOf(result.getMessages()));
        }
        Tally sum = Tally.NONE;
        for (GradingResult graded : result.grading().gradingResults.values()) {
            sum = sum.plus(tally(graded));
        }
        String other = otherOf(result);
        return sum.others() == 0 || other.isEmpty()
                ? sum
                : sum.plus(Tally.failed("not the symptom: " + other));
    }

    /** What the test's JVM said of an outcome that is not the symptom; empty when it said nothing. */
    private static String otherOf(TestResult result) {
        return Stream.concat(result.getVmErr().stream(), result.getVmOut().stream())
                .flatMap(String::lines)
                .filter(line -> line.startsWith(KernelSample.OTHER_MARK))
                .map(line -> line.substring(KernelSample.OTHER_MARK.length()))
                .findFirst()
                .orElse("");
    }

    private static Tally tally(GradingResult graded) {
        Map<String, Long> row = Map.of(outcome(graded), graded.count);
        if (graded.count == 0
                || graded.expect != Expect.FORBIDDEN && graded.expect != Expect.UNKNOWN) {
            return new Tally(graded.count, 0, 0, "", "", row);
        }
        if (graded.expect == Expect.UNKNOWN || graded.id.equals(FAULT_OUTCOME)) {
            return new Tally(graded.count, 0, graded.count, "", "", row);
        }
        String seen = graded.id + ": " + graded.description;
        return new Tally(graded.count, graded.count, 0, seen, "", row);
    }

    private static String outcome(GradingResult graded) {
        return graded.id
                + "  "
                + graded.expect.name().toLowerCase(Locale.ROOT)
                + "  "
                + graded.description;
    }

    private static String firstOf(List<String> messages) {
        return messages.isEmpty() ? "" : messages.get(0);
    }
}
