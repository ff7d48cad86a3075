package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no schedule is refused with the line that is wrong. */
class ScheduleTextTest {
    private List<String> whole;

    @BeforeEach
    void read() throws IOException {
        whole = Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule"));
    }

    @Test
    void everyLineIsNeeded() throws ScheduleException {
        assertThat(ScheduleText.parse(whole).legs()).isNotEmpty();
        for (int i = 0; i < whole.size(); i++) {
            if (!whole.get(i).isBlank()) {
                List<String> rest = new ArrayList<>(whole);
                String gone = rest.remove(i);
                boolean aCallOrLegMore =
                        gone.startsWith("without") || gone.contains("until it is done");
                if (!aCallOrLegMore) {
                    assertThatThrownBy(() -> ScheduleText.parse(rest))
                            .as("without '%s'", gone)
                            .isInstanceOf(ScheduleException.class);
                }
            }
        }
    }

    @Test
    void aFileThatEndsEarlyIsRefusedWhereverItEnds() {
        for (int lines = 0; lines < whole.size(); lines++) {
            List<String> begun = whole.subList(0, lines);
            assertThatThrownBy(() -> ScheduleText.parse(begun))
                    .isInstanceOf(ScheduleException.class)
                    .hasMessageMatching("line \\d+: .*(not whole|expected).*");
        }
    }

    @Test
    void commentsAndEmptyLinesSayNothing() throws ScheduleException {
        List<String> lines = new ArrayList<>();
        for (String line : whole) {
            lines.add("# about the next line");
            lines.add(line);
            lines.add("");
        }
        assertThat(ScheduleText.lines(ScheduleText.parse(lines))).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slubcheck-schedule 1 | slubcheck-schedule 2 | line 1: version 2",
                "scenario resize-vs-user | scenario no-such | line 2: no scenario 'no-such'",
                "defect Q04a | defect Z9 | line 3: no defect 'Z9'",
                "cpus=2 | cpus=3 | line 4: 'micro cpus=3",
                "cpus=2 | cpus=0 | line 4: 'micro cpus=0",
                "machine micro | machine large | line 4: 'large",
                "preemptions 1 | preemptions 2 | line 5: it says 2, and there are 1",
                "task 0 cpu_queue_size_store | task 0 kfree | line 7: task 0 is now",
                "task 0 | task 7 | line 7: no such task",
                "without 1 #2 kmem_cache_alloc | without 1 #2 kfree | line 9: no such call",
                "without 1 #2 kmem_cache_alloc | without 1 #3 kmem_cache_alloc | line 9: no such call",
                "run 0 until it is done | run 7 until it is done | task 7 is none of those",
                "run 0 until it is done | run 0 for a while | expected 'run N until",
                "#1 | #0 | expected 'run N until",
                "end | end and more | expected 'run N until"
            })
    void whatIsWrongIsSaidWithItsLine(String is, String becomes, String says) {
        List<String> lines = whole.stream().map(line -> line.replace(is, becomes)).toList();
        assertThat(lines).isNotEqualTo(whole);
        assertThatThrownBy(() -> ScheduleText.parse(lines))
                .isInstanceOf(ScheduleException.class)
                .hasMessageContaining(says);
    }

    @Test
    void ofATaskSomethingIsLeftToDo() {
        List<String> lines = new ArrayList<>(whole);
        int line = lines.indexOf("without 1 #2 kmem_cache_alloc");
        lines.add(line, "without 1 #1 kmem_cache_free");
        assertThatThrownBy(() -> ScheduleText.parse(lines))
                .hasMessageContaining("line 10: task 1 has nothing left to do");
        lines.set(line, "without 1 #2 kmem_cache_alloc");
        assertThatThrownBy(() -> ScheduleText.parse(lines))
                .hasMessageContaining("line 10: calls stand in their order, each once");
    }

    @Test
    void theDocumentShowsAFileAsItIs() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "schedules.md")))
                .contains(String.join("\n", whole));
    }

    @Test
    void nothingStandsBehindTheEnd() {
        List<String> lines = new ArrayList<>(whole);
        lines.add("run 0 until it is done");
        assertThatThrownBy(() -> ScheduleText.parse(lines)).hasMessageContaining("behind 'end'");
    }
}
