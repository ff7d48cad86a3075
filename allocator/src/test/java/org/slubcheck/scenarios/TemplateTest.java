package org.slubcheck.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.slubq.SlubqSteps;

/** A scenario that is ready to go, and its copies. */
class TemplateTest {
    static Stream<Scenario> scenarios() {
        return Stream.concat(Scenarios.all().stream(), Scenarios.pairs().stream());
    }

    private static Template checked(Scenario scenario) {
        return Template.checked(scenario, Steps.mainline(), SlubqSteps.RELOAD);
    }

    /** Tasks one after the other, each in a thread of its own as its kernel expects. */
    private static Trial run(Template template, boolean backwards) {
        Trial trial = template.start();
        int tasks = template.scenario().tasks().size();
        for (int i = 0; i < tasks; i++) {
            trial.run(backwards ? tasks - 1 - i : i);
        }
        return trial;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void tasksInARowAreCleanInEitherOrderOnEitherMemory(Scenario scenario) {
        for (Template template :
                List.of(checked(scenario), Template.bare(scenario, Steps.mainline()))) {
            for (boolean backwards : new boolean[] {false, true}) {
                Trial trial = run(template, backwards);
                assertThat(trial.faults()).isEmpty();
                assertThat(trial.violations()).isEmpty();
                assertThat(trial.died()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theConfigurationIsMadeOnce(Scenario scenario) {
        assertThat(scenario.config()).isSameAs(scenario.config());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aScenarioIsFoundByItsIdAndSaysWhatItIs(Scenario scenario) {
        assertThat(Scenarios.byId(scenario.id())).contains(scenario);
        assertThat(scenario.about()).endsWith(".");
        assertThat(scenario.tasks()).hasSizeBetween(1, 3).doesNotContain("");
    }

    @Test
    void anIdOfNoScenarioIsNotFound() {
        assertThat(Scenarios.byId("nothing")).isEmpty();
    }

    @Test
    void aRunLeavesTheTemplateAndOtherRunsAlone() {
        Template template = checked(new ResizeVsUser());
        Trial first = template.start();
        Trial second = template.start();
        long queue = first.setup(0) + org.slubcheck.slab.KmemCache.QUEUE;
        int before = template.kernel().memory().peekInt(queue);
        first.run(0);
        assertThat(first.kernel().memory().peekInt(queue)).isNotEqualTo(before);
        assertThat(second.kernel().memory().peekInt(queue)).isEqualTo(before);
        assertThat(template.kernel().memory().peekInt(queue)).isEqualTo(before);
        first.hands().hold(0, 64);
        assertThat(second.hands().held(0)).isZero();
    }

    @Test
    void theWatchedStepIsCountedInTasksAndNotInThePrefix() {
        Template template =
                Template.checked(new QueueShrinkVsAlloc(), Steps.mainline(), SlubqSteps.NEW_AREA);
        assertThat(template.stepReached()).as("the prefix resizes, too").isZero();
        template.start().run(0);
        assertThat(template.stepReached()).isEqualTo(1);
        template.start().run(0);
        assertThat(template.stepReached()).as("in all runs").isEqualTo(2);
        template.start().run(1);
        assertThat(template.stepReached()).isEqualTo(2);
    }

    @Test
    void aRunThatDoesNothingReachesNothing() {
        Template template =
                Template.checked(new ResizeVsUser(), Steps.mainline(), SlubqSteps.PRE_ALLOC);
        template.start();
        assertThat(template.stepReached()).isZero();
    }

    @Test
    void aStepThatNoTaskReachesIsCountedZero() {
        Template template =
                Template.checked(new WalkVsResize(), Steps.mainline(), SlabSteps.FIXUP_OWNER);
        run(template, false);
        assertThat(template.stepReached()).isZero();
    }

    @Test
    void aPrefixThatIsReportedIsRefused() {
        Scenario broken =
                new Odd() {
                    @Override
                    public long[] prefix(Kernel kernel, Hands hands) {
                        kernel.console()
                                .warn("scenarios/broken.c prefix", "something went wrong before");
                        return new long[0];
                    }
                };
        assertThatThrownBy(() -> checked(broken))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("odd is broken before it starts")
                .hasMessageContaining("something went wrong before");
        assertThatThrownBy(() -> Template.bare(broken, Steps.mainline()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPrefixThatGivesUpIsNoScenario() {
        Scenario broken =
                new Odd() {
                    @Override
                    public long[] prefix(Kernel kernel, Hands hands) {
                        while (true) {
                            grab(kernel, hands, 0, 0, kernel.slab().kmallocCache(32, 0));
                        }
                    }
                };
        assertThatThrownBy(() -> checked(broken))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the prefix cannot allocate");
    }
}
