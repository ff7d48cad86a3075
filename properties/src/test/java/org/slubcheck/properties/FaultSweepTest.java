package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.BootSteps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Failing allocations: the right kernel is clean, and each way to be wrong shows by its own words. */
class FaultSweepTest {
    private static final String CALLS = "FaultSweepProperties.anyCallMayFail";
    private static final String BOOTS = "FaultSweepProperties.anyBootMayFail";

    private static Verdict run(String property, Steps steps) {
        return PropertyRunner.run(
                new Suspect(property, true, steps, null, null, null),
                Technique.FAULT,
                property,
                1,
                1);
    }

    @ParameterizedTest
    @ValueSource(strings = {CALLS, BOOTS})
    void theRightKernelIsClean(String property) {
        Verdict v = run(property, Steps.mainline());
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_EXHAUSTED);
    }

    static List<Arguments> mistakes() {
        return List.of(
                mistake(
                        "a struct leaks when sysfs refuses a cache",
                        CALLS,
                        BootSteps.SYSFS_REFUSAL,
                        (k, t, s) -> ListHead.del(k.memory(), s + KmemCache.LIST),
                        "is lost: in no free block|is accounted 0 times"),
                mistake(
                        "the areas leak when sysfs refuses a cache",
                        CALLS,
                        BootSteps.SYSFS_REFUSAL,
                        (k, t, s) -> {
                            k.memory().write(s + KmemCache.CPU, 0);
                            k.undoCreate(t, s);
                        },
                        "the per-CPU area 0x[0-9a-f]+ is lost"),
                mistake(
                        "slub_lock stays held",
                        CALLS,
                        SlabSteps.CREATE_ERROR_EXIT,
                        (k, t) -> {},
                        "slub_lock"),
                mistake(
                        "irqs stay off",
                        CALLS,
                        SlabSteps.CREATE_ERROR_EXIT,
                        (k, t) -> {
                            k.upWrite(t);
                            k.machine().irqSave(t);
                        },
                        "irq"),
                mistake(
                        "a NULL pointer is used",
                        CALLS,
                        SlubqSteps.NEW_AREA,
                        area -> true,
                        "the per-CPU pointer is NULL"),
                mistake(
                        "a struct that is not there is opened at boot",
                        BOOTS,
                        SlabSteps.CHECK_KMALLOC_STRUCT,
                        s -> true,
                        "unable to handle kernel"),
                mistake(
                        "a cache gets no name at boot",
                        BOOTS,
                        SlabSteps.CHECK_NAME,
                        name -> true,
                        "has no name|\\(null\\)|NULL"));
    }

    private static <F> Arguments mistake(
            String what, String property, Step<F> step, F code, String shows) {
        return Arguments.of(what, property, Steps.mainline().with(step, code), shows);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeShows(String what, String property, Steps steps, String shows) {
        Verdict v = run(property, steps);
        assertThat(v.outcome()).as(what).isEqualTo(Outcome.FOUND);
        assertThat(String.join("\n", v.timeline())).containsPattern(shows);
    }

    @Test
    void numbersAreWords() {
        assertThat(List.of(1L, 2L, 3L, 4L, 11L, 12L, 13L, 21L, 102L, 111L))
                .extracting(FaultSweep::nth)
                .containsExactly(
                        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd",
                        "111th");
    }
}
