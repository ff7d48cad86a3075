package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;

/** The schedules that are kept: each shows its defect, and nothing else does under it. */
class ScheduleCatalogueTest {
    private static final Path FOLDER = Path.of("..", "schedules");
    private static final String SUFFIX = ".schedule";

    static List<String> ids() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /** Those that give way somewhere: without that nothing happens. */
    static List<String> preempting() throws IOException, ScheduleException {
        List<String> all = new ArrayList<>();
        for (String id : ids()) {
            if (read(id).preemptions() > 0) {
                all.add(id);
            }
        }
        return all;
    }

    static Schedule read(String id) throws IOException, ScheduleException {
        return ScheduleText.parse(Files.readAllLines(FOLDER.resolve(id + SUFFIX)));
    }

    @Test
    void thereIsOneForEveryDefectThatTheModelCheckerFinds() throws IOException {
        Set<String> found =
                Catalogue.entries().stream()
                        .filter(entry -> entry.subjects().containsKey(Technique.MODEL))
                        .map(entry -> entry.defect().id())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(found);
    }

    /** A defect without a schedule is one that a single run shows, or a run that passes. */
    @Test
    void whatHasNoneNeedsNoInterleaving() throws IOException {
        List<String> kept = ids();
        List<Catalogue.Entry> without =
                Catalogue.entries().stream()
                        .filter(entry -> !kept.contains(entry.defect().id()))
                        .toList();
        assertThat(without)
                .isNotEmpty()
                .allSatisfy(
                        entry ->
                                assertThat(entry.subjects().keySet())
                                        .as("%s", entry.defect())
                                        .isSubsetOf(
                                                Technique.PROPERTY,
                                                Technique.BOOT,
                                                Technique.FAULT,
                                                Technique.LOCKDEP));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void theDefectFailsAsRecorded(String id) throws IOException, ScheduleException {
        Schedule schedule = read(id);
        Replay replay = Replay.run(schedule);
        assertThat(replay.verdict().outcome())
                .as("%s", replay.verdict().detail())
                .isEqualTo(Outcome.FOUND);
        assertThat(replay.verdict().detail()).isEqualTo(schedule.symptom());
        assertThat(replay.verdict().preemptions()).isEqualTo(schedule.preemptions());
        assertThat(replay.verdict().timeline()).isNotEmpty();
        assertThat(replay.skipped()).isEmpty();
        assertThat(Replay.run(schedule)).isEqualTo(replay);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void theFixedCodeIsClean(String id) throws IOException, ScheduleException {
        Replay replay = Replay.runFixed(read(id));
        assertThat(replay.verdict().outcome())
                .as("%s %s", replay.verdict().detail(), replay.verdict().timeline())
                .isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(replay.verdict().stepReached()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("preempting")
    void withoutTheSwitchThatDecidesNothingHappens(String id)
            throws IOException, ScheduleException {
        Schedule schedule = read(id);
        for (Leg leg : schedule.legs()) {
            if (leg.end() == Leg.End.BEFORE) {
                List<Leg> legs = new ArrayList<>(schedule.legs());
                legs.remove(leg);
                Defect<?> defect = Defects.byId(id).orElseThrow();
                Replay replay = Replay.run(with(schedule, legs), defect, false);
                assertThat(replay.verdict().outcome())
                        .as("without %s: %s", leg, replay.verdict().detail())
                        .isNotEqualTo(Outcome.FOUND);
            }
        }
    }

    /** Another defect of the same scenario, so that the tasks are there and the step is another's. */
    @Test
    void anotherDefectDoesNotShowTheSymptomOfTheSchedule() throws IOException, ScheduleException {
        int tried = 0;
        for (String id : ids()) {
            Schedule schedule = read(id);
            for (Catalogue.Entry other : Catalogue.entries()) {
                if (!other.defect().id().equals(id)
                        && schedule.scenario().equals(other.subjects().get(Technique.MODEL))) {
                    Replay replay = Replay.run(schedule, other.defect(), false);
                    assertThat(replay.verdict().outcome())
                            .as("%s under the schedule of %s", other.defect(), id)
                            .isNotEqualTo(Outcome.FOUND);
                    tried++;
                }
            }
        }
        assertThat(tried).isPositive();
    }

    @ParameterizedTest
    @MethodSource("ids")
    void aFileIsWhatItsScheduleIsWrittenAs(String id) throws IOException, ScheduleException {
        assertThat(ScheduleText.lines(read(id)))
                .isEqualTo(Files.readAllLines(FOLDER.resolve(id + SUFFIX)));
    }

    private static Schedule with(Schedule s, List<Leg> legs) {
        return new Schedule(
                s.scenario(),
                s.defect(),
                s.machine(),
                s.preemptions(),
                s.symptom(),
                s.tasks(),
                s.without(),
                legs);
    }
}
