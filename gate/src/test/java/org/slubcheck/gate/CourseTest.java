package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The course in docs/course: each command in it is run and prints what is shown, each piece of code
 * is quoted from the sources, and no command stands anywhere that is not run.
 */
class CourseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path COURSE = ROOT.resolve("docs/course");
    private static final CourseRules RULES = new CourseRules(ROOT);

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(COURSE)) {
            return files.filter(f -> f.toString().endsWith(".md")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandIsRunAndPrintsWhatIsShown(Path page) throws IOException {
        Lesson lesson = Lesson.read(page);
        assertThat(RULES.form(lesson)).isEmpty();
        assertThat(RULES.run(lesson)).isEmpty();
    }

    @Test
    void theLessonsAreNumberedAndWholeAndInTheIndex() throws IOException {
        String index = Files.readString(COURSE.resolve("README.md"));
        int number = 0;
        TreeSet<String> defects = new TreeSet<>();
        for (Path page : pages()) {
            String name = page.getFileName().toString();
            if (!name.equals("README.md")) {
                number++;
                assertThat(name).matches(String.format("%02d-[a-z0-9-]+\\.md", number));
                assertThat(index).contains("](" + name + ")");
                assertThat(RULES.lacks(Lesson.read(page))).as(name).isEmpty();
                defects.addAll(CourseRules.defects(Lesson.read(page)));
            }
        }
        assertThat(number).isGreaterThanOrEqualTo(8);
        assertThat(defects).hasSizeGreaterThanOrEqualTo(number).contains("Q04a");
    }

    private static Lesson page(String... lines) {
        return Lesson.parse("made.md", List.of(lines));
    }

    @Test
    void aPageThatIsRightPasses() {
        Lesson lesson =
                page(
                        "Run `./slubcheck layout 64`, see [the index](README.md).",
                        "```console",
                        "$ ./slubcheck layout 64",
                        "slab_size=64 order=0 objects=64",
                        "$ ./slubcheck layout 64 --align",
                        "…",
                        "$ echo $?",
                        "2",
                        "```");
        assertThat(RULES.form(lesson)).isEmpty();
        assertThat(RULES.run(lesson)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "slab_size=64 order=0 objects=63, not printed here",
        "slab_size=64 order=1 objects=…, not printed here",
        "'', not printed here",
    })
    void anOutputThatChangedIsSeen(String shown, String sentence) {
        Lesson lesson = page("```console", "$ ./slubcheck layout 64", shown, "```");
        assertThat(RULES.run(lesson)).singleElement().asString().contains(sentence);
    }

    @Test
    void anExitCodeThatChangedIsSeen() {
        assertThat(RULES.run(page("```console", "$ ./slubcheck explain Q99", "…", "```")))
                .singleElement()
                .asString()
                .contains("exit code 2, not 0");
        assertThat(
                        RULES.run(
                                page(
                                        "```console",
                                        "$ ./slubcheck layout 64",
                                        "…",
                                        "$ echo $?",
                                        "1",
                                        "```")))
                .singleElement()
                .asString()
                .contains("exit code 0, not 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Try `./slubcheck layout 64`.",
                "```text\n./slubcheck layout 64\n```",
                "```\n./slubcheck layout 64\n```",
                "```sh\n./slubcheck layout 64\n```",
                "```console\n$ ./slubcheck layout 64\n```",
                "```console\n$ slubcheck layout 64\n…\n```",
                "```console\n$ ./slubcheck layout 64 | sort\n…\n```",
                "```console\n$ make\n…\n```",
                "```java Q04aResizeNoIpi.java\nk.flushArea(t, s, 0);\n```",
                "```java NoSuchFile.java\n}\n```",
                "[a](no-such-file.md)",
            })
    void aCommandThatIsNotRunAndCodeThatIsNotOursAreSeen(String text) {
        assertThat(RULES.form(page(text.split("\n", -1)))).hasSize(1);
    }

    @Test
    void codeIsFoundInItsFile() {
        Lesson lesson =
                page(
                        "```java Q04aResizeNoIpi.java",
                        "k.flushArea(t, s, k.percpu().perCpuPtr(old, cpu));",
                        "```");
        assertThat(RULES.form(lesson)).isEmpty();
    }

    @Test
    void aPageThatIsMostlyVagueIsRefused() {
        String vague = "x …\n".repeat(9);
        assertThat(
                        RULES.form(
                                page(
                                        ("```console\n$ ./slubcheck list\n" + vague + "```")
                                                .split("\n", -1))))
                .singleElement()
                .asString()
                .contains("9 lines may vary");
    }

    @Test
    void anUnfinishedPageIsSeen() {
        assertThat(RULES.lacks(page("## The report", "## Predict", "## The rule")))
                .contains("no section '## Predict' in its place", "nothing is reproduced");
        assertThatThrownBy(() -> page("```console", "$ ./slubcheck list"))
                .hasMessage("the block at line 1 has no end");
        assertThatThrownBy(() -> page("```console", "text", "```").commands())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsLeftOutMayBeAnything() {
        List<String> output = List.of("a", "b 1", "c", "b 2", "d");
        assertThat(Shown.difference(List.of("a", "…", "b 2", "d"), output)).isNull();
        assertThat(Shown.difference(List.of("…"), output)).isNull();
        assertThat(Shown.difference(List.of("a", "b …", "c", "…"), output)).isNull();
        assertThat(Shown.difference(List.of("…", "d"), output)).isNull();
        assertThat(Shown.difference(List.of("…", "d", "…"), output)).isNull();
        assertThat(Shown.difference(List.of("…", "c"), output)).isNotNull();
        assertThat(Shown.difference(List.of("a", "…", "a", "…"), output)).isNotNull();
        assertThat(Shown.difference(List.of("b 1", "…"), output)).isNotNull();
        assertThat(Shown.difference(List.of("…", "d", "…", "c", "…"), output)).isNotNull();
        assertThat(Shown.difference(List.of("a", "b", "…"), output)).isNotNull();
        assertThat(Shown.difference(output, output)).isNull();
        assertThat(Shown.difference(List.of("a", "b 1", "c", "b 2"), output)).isNotNull();
    }
}
