package org.slubcheck.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Runs the real tool for a short while: it must see what is wrong, and only that. */
class StressCanariesTest {
    /** One round is enough nearly always; on a busy machine the actors may hardly meet in it. */
    private static final StressBudget SHORT =
            new StressBudget(1, 200, 2, 12, 100_000, 100_000, Duration.ofSeconds(80));

    @TempDir Path folder;

    @Test
    void theToolSeesWhatItMustSee() throws Exception {
        List<StressTest> canaries = StressTest.canaries();
        assertThat(canaries).hasSize(6);
        List<Verdict> verdicts = runner().run(canaries, SHORT);
        assertThat(verdicts).hasSameSizeAs(canaries).allMatch(Verdict::asExpected);
        // Whatever the JVM has: a second run of the same takes as long and says no more.
        assertThat(folder.resolve("jcstress.log"))
                .content()
                .contains("StressLCM")
                .doesNotContain("JVM args: [-XX:+UseBiasedLocking");
    }

    @Test
    void aRunThatCannotEndIsKilledAndCountsForNothing() throws Exception {
        StressBudget hopeless = new StressBudget(1, 60_000, 10, 1, 1, 1, Duration.ofSeconds(4));
        List<StressTest> one = StressTest.canaries().subList(0, 1);
        long before = ProcessHandle.current().descendants().count();
        List<Verdict> verdicts = runner().run(one, hopeless);
        assertThat(verdicts).extracting(Verdict::outcome).containsExactly(Outcome.NOT_RUN);
        assertThat(verdicts.get(0).detail()).contains("killed");
        assertThat(ProcessHandle.current().descendants().count()).isLessThanOrEqualTo(before);
    }

    @Test
    void everyTestHasTwoActorsAndATwin() {
        for (StressTest test : StressTest.all()) {
            assertThat(test.actors()).as(test.name()).isEqualTo(2);
            assertThat(StressTest.all())
                    .as(test.name())
                    .filteredOn(t -> t.id().equals(test.id()))
                    .hasSize(2);
        }
    }

    private StressRunner runner() throws IOException {
        return new StressRunner(
                Jvm.current(), Files.createFile(folder.resolve("jcstress.log")), line -> {});
    }
}
