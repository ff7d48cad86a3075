package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Whatever a worker leaves out, says twice or says wrongly: the gate is not green. */
class JudgementTest {
    private static final Key SEEN = key("canary.a", Technique.MODEL, "a", false);
    private static final Key CLEAR = key("canary.a", Technique.MODEL, "a", true);
    private static final Key OTHER_CANARY = key("canary.b", Technique.MODEL, "b", false);
    private static final Key DEFECT = key("Q05", Technique.MODEL, "x", false);
    private static final Key TWIN = key("Q05", Technique.MODEL, "x", true);
    private static final Key ONE = key("replay", Technique.PROPERTY, "one", true);
    private static final Key TWO = key("replay", Technique.PROPERTY, "two", true);
    private static final Key PROPERTY_CANARY = key("canary.p", Technique.PROPERTY, "p", false);

    private static final Plan PLAN =
            new Plan(
                    List.of(
                            new Plan.Job(SEEN, Part.MODEL),
                            new Plan.Job(CLEAR, Part.MODEL),
                            new Plan.Job(OTHER_CANARY, Part.MODEL),
                            new Plan.Job(DEFECT, Part.MODEL),
                            new Plan.Job(TWIN, Part.MODEL),
                            new Plan.Job(PROPERTY_CANARY, Part.PROPERTY),
                            new Plan.Job(ONE, Part.SUITE),
                            new Plan.Job(TWO, Part.SUITE)));

    /** What is said, what goes wrong, and what must come of it. */
    private record Row(
            String name,
            List<Verdict> said,
            List<Mishap> mishaps,
            int exit,
            Set<String> unexpected) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void pairsAreAskedForByNamesThatTheyHave(Profile profile) {
        List<String> asked =
                Plan.of(profile).of(Part.PAIRS).stream()
                        .filter(key -> key.id().equals(Plan.PAIRS))
                        .map(Key::subject)
                        .toList();
        List<String> all = Scenarios.pairs().stream().map(Scenario::id).toList();

        assertThat(asked).doesNotHaveDuplicates();
        if (profile == Profile.QUICK) {
            assertThat(asked).containsExactlyElementsOf(Plan.QUICK_PAIRS);
        } else {
            assertThat(asked).containsExactlyElementsOf(all);
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("all is well", all(), List.of(), Exit.OK, Set.of()),
                new Row(
                        "one of two replays with one id is missing",
                        without(TWO),
                        List.of(),
                        Exit.FAULT,
                        Set.of(TWO + " NOT-RUN")),
                new Row(
                        "a defect is not looked for",
                        without(DEFECT),
                        List.of(),
                        Exit.FAULT,
                        Set.of(DEFECT + " NOT-RUN")),
                new Row(
                        "a worker is killed half way",
                        without(ONE, TWO),
                        List.of(new Mishap(Part.SUITE, "its program ended with exit code 137")),
                        Exit.FAULT,
                        Set.of(
                                ONE + " NOT-RUN",
                                TWO + " NOT-RUN",
                                "worker fixed by property on suite FAULT")),
                new Row(
                        "a worker fails after its last verdict",
                        all(),
                        List.of(new Mishap(Part.MODEL, "its program ended with exit code 1")),
                        Exit.FAULT,
                        Set.of("worker fixed by model on model FAULT")),
                new Row(
                        "a canary is not seen: no clean verdict of its technique counts",
                        with(SEEN, Outcome.CLEAN_SAMPLED),
                        List.of(),
                        Exit.FAULT,
                        Set.of(SEEN + " CLEAN-SAMPLED", TWIN + " NOT-RUN")),
                new Row(
                        "a canary's fixed twin is accused",
                        with(CLEAR, Outcome.FOUND),
                        List.of(),
                        Exit.FAULT,
                        Set.of(CLEAR + " FOUND", TWIN + " NOT-RUN")),
                new Row(
                        "one canary of several is missing",
                        without(OTHER_CANARY),
                        List.of(),
                        Exit.FAULT,
                        Set.of(OTHER_CANARY + " NOT-RUN", TWIN + " NOT-RUN")),
                new Row(
                        "a canary of another technique is missing",
                        without(PROPERTY_CANARY),
                        List.of(),
                        Exit.FAULT,
                        Set.of(PROPERTY_CANARY + " NOT-RUN", ONE + " NOT-RUN", TWO + " NOT-RUN")),
                new Row(
                        "a verdict that nobody asked for",
                        plus(
                                verdict(
                                        key("Q99", Technique.MODEL, "x", true),
                                        Outcome.CLEAN_SAMPLED)),
                        List.of(),
                        Exit.FAULT,
                        Set.of("Q99 fixed by model on x FAULT")),
                new Row(
                        "a verdict that comes twice",
                        plus(verdict(TWIN, Outcome.CLEAN_SAMPLED)),
                        List.of(),
                        Exit.FAULT,
                        Set.of(TWIN + " FAULT")),
                new Row(
                        "a defect that is not found",
                        with(DEFECT, Outcome.CLEAN_SAMPLED),
                        List.of(),
                        Exit.FAILED,
                        Set.of(DEFECT + " CLEAN-SAMPLED")),
                new Row(
                        "too few samples are a failure of the verdict",
                        with(TWIN, Outcome.NOT_RUN),
                        List.of(),
                        Exit.FAILED,
                        Set.of(TWIN + " NOT-RUN")),
                new Row(
                        "a fault beside a failure",
                        Stream.concat(
                                        with(TWIN, Outcome.FOUND).stream()
                                                .filter(v -> !Key.of(v).equals(ONE)),
                                        Stream.of(verdict(ONE, Outcome.FAULT)))
                                .toList(),
                        List.of(),
                        Exit.FAILED,
                        Set.of(TWIN + " FOUND", ONE + " FAULT")),
                new Row(
                        "nothing was said",
                        List.of(),
                        List.of(),
                        Exit.FAULT,
                        PLAN.jobs().stream()
                                .map(job -> job.key() + " NOT-RUN")
                                .collect(Collectors.toSet())));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isWhatItMustBe(Row row) {
        List<Entry> entries = Judgement.judge(17, PLAN, row.said, row.mishaps);
        assertThat(
                        entries.stream()
                                .filter(e -> !e.expected())
                                .map(e -> Key.of(e.verdict()) + " " + e.verdict().outcome().label())
                                .collect(Collectors.toSet()))
                .isEqualTo(row.unexpected);
        assertThat(Judgement.exit(entries)).isEqualTo(row.exit);
        assertThat(Report.of(Profile.QUICK, Shard.WHOLE, List.of(17), entries, true).passed())
                .isEqualTo(row.exit == Exit.OK);
    }

    @Test
    void whatIsMissingNamesTheMishap() {
        List<Entry> entries =
                Judgement.judge(
                        17,
                        PLAN,
                        without(ONE),
                        List.of(new Mishap(Part.SUITE, "killed at its limit of 30 min")));
        assertThat(entries)
                .filteredOn(e -> e.verdict().outcome() == Outcome.NOT_RUN)
                .singleElement()
                .satisfies(e -> assertThat(e.verdict().detail()).contains("limit of 30 min"));
    }

    @Test
    void aGateThatDidNotEndHasNotPassed() {
        List<Entry> entries = Judgement.judge(17, PLAN, all(), List.of());
        assertThat(Report.of(Profile.QUICK, Shard.WHOLE, List.of(17), entries, false).passed())
                .isFalse();
        assertThat(Judgement.exit(List.of())).isEqualTo(Exit.FAULT);
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void theRealPlanHasNoKeyTwiceAndCanariesForEveryTechnique(Profile profile) {
        Plan plan = Plan.of(profile);
        assertThat(plan.jobs()).extracting(Plan.Job::key).doesNotHaveDuplicates();
        Set<Technique> withCanaries =
                plan.jobs().stream()
                        .map(Plan.Job::key)
                        .filter(Key::canary)
                        .map(Key::technique)
                        .collect(Collectors.toSet());
        assertThat(plan.jobs())
                .extracting(job -> job.key().technique())
                .allMatch(withCanaries::contains);
    }

    private static List<Verdict> all() {
        return PLAN.jobs().stream()
                .map(Plan.Job::key)
                .map(key -> verdict(key, key.fixed() ? Outcome.CLEAN_SAMPLED : Outcome.FOUND))
                .toList();
    }

    private static List<Verdict> without(Key... missing) {
        return all().stream().filter(v -> !List.of(missing).contains(Key.of(v))).toList();
    }

    private static List<Verdict> with(Key key, Outcome outcome) {
        return all().stream().map(v -> Key.of(v).equals(key) ? verdict(key, outcome) : v).toList();
    }

    private static List<Verdict> plus(Verdict more) {
        List<Verdict> verdicts = new ArrayList<>(all());
        verdicts.add(more);
        return verdicts;
    }

    private static Key key(String id, Technique technique, String subject, boolean fixed) {
        return new Key(id, technique, subject, fixed);
    }

    private static Verdict verdict(Key key, Outcome outcome) {
        return key.verdict(outcome, "");
    }
}
