package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;

/** A run leaves its schedule only where it says so, and then says where. */
class ReplayTest {
    private static final String POINT = "run 1 until ";

    private static Replay replay(String is, String becomes) throws IOException, ScheduleException {
        List<String> whole = Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule"));
        List<String> lines = whole.stream().map(line -> line.replace(is, becomes)).toList();
        assertThat(lines).isNotEqualTo(whole);
        return Replay.run(ScheduleText.parse(lines));
    }

    private static void isOffCourse(Replay replay, int line, String says) {
        assertThat(replay.verdict().outcome()).isEqualTo(Outcome.FAULT);
        assertThat(replay.offCourse()).isEqualTo(line);
        assertThat(replay.verdict().detail()).contains(says);
    }

    @Test
    void aPointThatIsNotReachedEndsTheRun() throws IOException, ScheduleException {
        isOffCourse(replay("#1", "#777"), 10, "task 1 is done and never comes to");
        isOffCourse(replay(" in ", " in Nowhere."), 10, "task 1 is done and never comes to");
    }

    @Test
    void aWaitThatDoesNotHappenEndsTheRun() throws IOException, ScheduleException {
        Replay replay = replay("run 0 until it is done", "run 0 until it waits for \"slub_lock\"");
        isOffCourse(replay, 11, "task 0 is done and was to go on until it waits");
    }

    @Test
    void aTaskThatIsOverCannotGoOn() throws IOException, ScheduleException {
        List<String> lines =
                new ArrayList<>(Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule")));
        lines.add(lines.size() - 1, "run 0 until it is done");
        isOffCourse(Replay.run(ScheduleText.parse(lines)), 13, "task 0 cannot go on here");
    }

    @Test
    void aScheduleThatStopsShortIsNotFinished() throws IOException, ScheduleException {
        List<String> whole = Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule"));
        List<String> lines =
                whole.stream().filter(line -> !line.equals("run 1 until it is done")).toList();
        assertThat(lines).hasSizeLessThan(whole.size()).anyMatch(line -> line.startsWith(POINT));
        isOffCourse(Replay.run(ScheduleText.parse(lines)), 11, "task 1 could go on");
    }
}
