package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slubcheck.verdict.Technique;

/** Each job is run, a property on the fixed code once, and canaries speak for what runs as they do. */
class WorkerTest {
    @ParameterizedTest
    @EnumSource(Part.class)
    void everyJobIsRunOnceHoweverTheyStandTogether(Part part) {
        List<Key> jobs = Plan.of(Profile.STANDARD).of(part);
        assertThat(Worker.together(part, jobs).stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(jobs);
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void onlyFixedTwinsOfOnePropertyStandTogether(Part part) {
        for (List<Key> alike : Worker.together(part, Plan.of(Profile.STANDARD).of(part))) {
            if (alike.size() > 1) {
                assertThat(alike)
                        .allMatch(key -> key.fixed() && !key.canary())
                        .allMatch(key -> key.subject().equals(alike.get(0).subject()))
                        .noneMatch(
                                key ->
                                        Set.of(Technique.MODEL, Technique.STRESS, Technique.LOCKDEP)
                                                .contains(key.technique()));
            }
        }
    }

    /** Or the canaries of a technique would speak for a program that is compiled otherwise. */
    @ParameterizedTest
    @EnumSource(Profile.class)
    void partsOfOneTechniqueRunInJvmsThatDifferInTheCollectorAtMost(Profile profile) {
        Map<Technique, Set<List<String>>> options = new EnumMap<>(Technique.class);
        for (Plan.Job job : Plan.of(profile).jobs()) {
            if (job.part() != Part.STRESS) {
                List<String> told = new ArrayList<>(GateRun.options(job.part(), profile));
                told.remove(GateRun.SERIAL);
                options.computeIfAbsent(job.key().technique(), any -> new HashSet<>()).add(told);
            }
        }
        assertThat(options).hasSize(Technique.values().length - 1);
        assertThat(options).allSatisfy((technique, told) -> assertThat(told).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void noPropertyIsRunTwiceOnTheFixedCode(Profile profile) {
        Set<String> seen = new HashSet<>();
        Plan plan = Plan.of(profile);
        for (Part part : List.of(Part.PROPERTY, Part.SUITE)) {
            for (List<Key> alike : Worker.together(part, plan.of(part))) {
                Key first = alike.get(0);
                if (first.fixed() && !first.canary() && first.technique() != Technique.LOCKDEP) {
                    assertThat(seen.add(first.subject())).as(first.subject()).isTrue();
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(20);
    }
}
