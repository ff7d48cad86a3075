package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What a gate said is there afterwards, line by line, and nowhere but where it holds. */
class JournalTest {
    private static final int JDK = 17;
    private static final Origin HERE = origin("c1", "quick", "1/1", "p1");

    @TempDir Path folder;

    @Test
    void whatWasSaidIsThereAfterwards() {
        Path file = written(verdict("Q01", Outcome.FOUND), verdict("Q02", Outcome.CLEAN_SAMPLED));
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.sessions()).isEqualTo(2);
            assertThat(journal.before(JDK))
                    .containsExactly(
                            verdict("Q01", Outcome.FOUND), verdict("Q02", Outcome.CLEAN_SAMPLED));
            assertThat(journal.before(JDK + 8)).isEmpty();
        }
    }

    @Test
    void aFailureStaysAndWhatSaysNothingIsRunAgain() {
        Path file =
                written(
                        verdict("Q01", Outcome.NOT_RUN),
                        verdict("Q02", Outcome.FAULT),
                        verdict("Q03", Outcome.BOUND_HIT));
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.before(JDK)).extracting(Verdict::id).containsExactly("Q02", "Q03");
            journal.add(JDK, verdict("Q01", Outcome.FOUND));
            journal.add(JDK, verdict("Q02", Outcome.FOUND));
        }
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.sessions()).isEqualTo(3);
            assertThat(journal.before(JDK))
                    .extracting(v -> v.id() + " " + v.outcome())
                    .containsExactly("Q02 FAULT", "Q03 BOUND_HIT", "Q01 FOUND");
        }
    }

    @Test
    void whereverItIsCutTheWholeLinesHoldAndItGoesOn() throws IOException {
        Path file = written(verdict("Q01", Outcome.FOUND), verdict("Q02", Outcome.FOUND));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            holdsTheWholeLines(file, lines(whole, length));
        }
    }

    @Test
    void whateverIsDamagedTheLinesBeforeItHold() throws IOException {
        Path file = written(verdict("Q01", Outcome.FOUND), verdict("Q02", Outcome.FOUND));
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            holdsTheWholeLines(file, lines(whole, at));
        }
    }

    private static int lines(byte[] bytes, int length) {
        int lines = 0;
        for (int i = 0; i < length; i++) {
            lines += bytes[i] == '\n' ? 1 : 0;
        }
        return lines;
    }

    /** The first line is the start, the others are verdicts. */
    private static void holdsTheWholeLines(Path file, int lines) {
        int verdicts = Math.max(0, lines - 1);
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.sessions()).isEqualTo(lines == 0 ? 1 : 2);
            assertThat(journal.before(JDK)).hasSize(verdicts);
            journal.add(JDK, verdict("Q03", Outcome.FOUND));
        }
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.before(JDK)).hasSize(verdicts + 1);
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("another commit: c1, not c2", origin("c2", "quick", "1/1", "p1")),
                Arguments.of("another commit: c1, not none", origin("", "quick", "1/1", "p1")),
                Arguments.of("another profile: quick, not deep", origin("c1", "deep", "1/1", "p1")),
                Arguments.of("another shard: 1/1, not 2/3", origin("c1", "quick", "2/3", "p1")),
                Arguments.of("another build of the program", origin("c1", "quick", "1/1", "p2")),
                Arguments.of(
                        "another state of the changed files: none, not abc",
                        new Origin(1, "c1", "abc", "p1", "quick", "1/1", List.of("17"), "m")),
                Arguments.of(
                        "another list of JDKs: [17], not [17, 25]",
                        new Origin(1, "c1", "", "p1", "quick", "1/1", List.of("17", "25"), "m")),
                Arguments.of(
                        "another machine: m, not n",
                        new Origin(1, "c1", "", "p1", "quick", "1/1", List.of("17"), "n")),
                Arguments.of(
                        "another version of the journal",
                        new Origin(2, "c1", "", "p1", "quick", "1/1", List.of("17"), "m")));
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsOfAnotherGateIsRefusedAndLeftAlone(String says, Origin other) throws IOException {
        Path file = written(verdict("Q01", Outcome.FOUND));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> Journal.resume(file, other))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.USAGE))
                .hasMessageContaining(says)
                .hasMessageNotContaining("\n");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void withoutOneEverythingIsMissing() {
        try (Journal journal = Journal.resume(folder.resolve("none"), HERE)) {
            assertThat(journal.sessions()).isEqualTo(1);
            assertThat(journal.before(JDK)).isEmpty();
        }
    }

    @Test
    void aNewOneHasNothingOfAnOldOne() {
        Path file = written(verdict("Q01", Outcome.FOUND));
        Journal.begin(file, HERE).close();
        try (Journal journal = Journal.resume(file, HERE)) {
            assertThat(journal.sessions()).isEqualTo(2);
            assertThat(journal.before(JDK)).isEmpty();
        }
    }

    @Test
    void aFullDiskIsAFaultInOneLine() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path file = Files.createSymbolicLink(folder.resolve("journal"), full);
        assertThatThrownBy(() -> Journal.begin(file, HERE))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.FAULT))
                .hasMessageMatching("cannot write .*journal: .+");
    }

    @Test
    void aSecondBuildOfTheSameIsTheSameProgram() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one"));
        Path two = Files.createDirectories(folder.resolve("two"));
        for (Path each : List.of(one, two)) {
            Files.writeString(each.resolve("A.class"), "a");
            Files.writeString(Files.createDirectory(each.resolve("p")).resolve("B.class"), "b");
        }
        assertThat(Origin.program(one.toString())).isEqualTo(Origin.program(two.toString()));
        Files.writeString(two.resolve("p").resolve("B.class"), "c");
        assertThat(Origin.program(one.toString())).isNotEqualTo(Origin.program(two.toString()));
        Files.writeString(two.resolve("p").resolve("B.class"), "b");
        Files.move(two.resolve("p").resolve("B.class"), two.resolve("B.class"));
        assertThat(Origin.program(one.toString())).isNotEqualTo(Origin.program(two.toString()));
    }

    private Path written(Verdict... verdicts) {
        Path file = folder.resolve("journal");
        try (Journal journal = Journal.begin(file, HERE)) {
            for (Verdict verdict : verdicts) {
                journal.add(JDK, verdict);
            }
        }
        return file;
    }

    private static Origin origin(String commit, String profile, String shard, String program) {
        return new Origin(1, commit, "", program, profile, shard, List.of("17"), "m");
    }

    private static Verdict verdict(String id, Outcome outcome) {
        return new Key(id, Technique.MODEL, "scenario", false).verdict(outcome, "größer");
    }
}
