package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slubcheck.verdict.Technique;

/** Each job is run, and a property on the fixed code once in a program. */
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

    @Test
    void noPropertyIsRunTwiceOnTheFixedCode() {
        Set<String> seen = new HashSet<>();
        Plan plan = Plan.of(Profile.QUICK);
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
