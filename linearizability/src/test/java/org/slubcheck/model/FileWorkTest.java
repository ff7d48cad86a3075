package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.slab.SysfsSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Validation through sysfs and kmem_cache_destroy: an active reference alone is not enough. */
class FileWorkTest {
    private static final Budget FIND = new Budget(600, 0, false);

    /** Every gate completes 2 preemptions, in some thousand interleavings. */
    private static final Budget BRIEF = new Budget(150, 0, false);

    private static final Pattern GONE =
            Pattern.compile(
                    "^BUG: KASAN: |^BUG: KCSAN: data-race|^BUG: unable to handle kernel",
                    Pattern.MULTILINE);

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void underSlubLockTheCacheIsThere(String engine) {
        Verdict v = run(engine, Steps.mainline(), null, BRIEF);
        assertThat(v.asExpected()).as("%s", v).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void withoutItsNodesAndAreasGo(String engine) {
        Steps unlocked =
                Steps.mainline().with(SysfsSteps.FILE_WORK, (k, t, work) -> work.getAsInt());
        Verdict v = run(engine, unlocked, GONE, FIND);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
    }

    private static Verdict run(String engine, Steps steps, Pattern symptom, Budget budget) {
        return ModelCheck.run(
                new Suspect(
                        "validate", symptom == null, steps, SysfsSteps.FILE_WORK, symptom, null),
                Scenarios.byId("validate-vs-destroy-" + engine).orElseThrow(),
                budget);
    }
}
