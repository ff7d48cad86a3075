package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Task;
import org.slubcheck.scenarios.Trial;
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
        isOffCourse(replay("#1", "#777"), 11, "task 1 is done and never comes to");
        isOffCourse(replay(" in ", " in Nowhere."), 11, "task 1 is done and never comes to");
    }

    @Test
    void aWaitThatDoesNotHappenEndsTheRun() throws IOException, ScheduleException {
        Replay replay = replay("run 0 until it is done", "run 0 until it waits for \"slub_lock\"");
        isOffCourse(replay, 12, "task 0 is done and was to go on until it waits");
    }

    @Test
    void aTaskThatIsOverCannotGoOn() throws IOException, ScheduleException {
        List<String> lines =
                new ArrayList<>(Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule")));
        lines.add(lines.size() - 1, "run 0 until it is done");
        isOffCourse(Replay.run(ScheduleText.parse(lines)), 14, "task 0 cannot go on here");
    }

    /** Who goes round in circles is stopped, and that is no finding, whatever is looked for. */
    @Test
    void aRunWithoutAnEndIsAFaultAndNoFinding() {
        Toy circles =
                new Toy("circles", "another") {
                    @Override
                    public void body(int task, Task self, Trial trial) {
                        do {
                            touch(trial);
                        } while (task == 0);
                    }
                };
        Replayer any = new Replayer(Toy.template(circles), Pattern.compile(""));
        List<Counted.Stage> stages = List.of(new Counted.Stage(0, Counted.WHOLE));
        Replayer.Result result = any.run(Cast.all(circles), trial -> new Counted(stages));
        assertThat(result.baton().endless()).isTrue();
        assertThat(result.fault()).isEqualTo("there is no end to it");
        assertThat(result.violations()).isEmpty();
        assertThat(result.found()).isFalse();
        assertThat(Shrink.candidate(any, Cast.all(circles), stages)).isNull();
    }

    @Test
    void aScheduleThatStopsShortIsNotFinished() throws IOException, ScheduleException {
        List<String> whole = Files.readAllLines(Path.of("..", "schedules", "Q04a.schedule"));
        List<String> lines =
                whole.stream().filter(line -> !line.equals("run 1 until it is done")).toList();
        assertThat(lines).hasSizeLessThan(whole.size()).anyMatch(line -> line.startsWith(POINT));
        isOffCourse(Replay.run(ScheduleText.parse(lines)), 12, "task 1 could go on");
    }
}
