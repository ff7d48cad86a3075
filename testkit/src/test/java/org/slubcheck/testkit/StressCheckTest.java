package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Real threads and their verdicts. */
class StressCheckTest {
    private static final long SAMPLES = 2_000;

    /** Rarer than once in ten on an idle machine, so that a busy one shows it too. */
    private static final long MANY = 2_000_000;

    @Test
    void theCanariesComeOutAsTheyMust() {
        assertThat(Check.canaries(Technique.STRESS))
                .hasSize(4)
                .allSatisfy(v -> assertThat(v.asExpected()).as(Verdicts.text(v)).isTrue());
    }

    @Test
    void aLostUpdateIsFoundAndOutcomesAreCounted() {
        Verdict v = Check.stress().samples(MANY).run(Shares.lostUpdate());
        Verdicts.assertFound(v, "lost update: 1");
        assertThat(v.counts()).extracting(Count::what).contains("count 1");
        assertThat(v.counts().stream().mapToLong(Count::runs).sum()).isEqualTo(v.runs());
        assertThat(v.timeline()).first().asString().contains("samples  outcome");
    }

    @Test
    void whatIsRightIsCleanWithItsRate() {
        Verdict v = Check.stress().samples(SAMPLES).run(Shares.atomic());
        Verdicts.assertClean(v);
        assertThat(v.outcome()).isEqualTo(Outcome.CLEAN_SAMPLED);
        assertThat(v.runs()).isGreaterThanOrEqualTo(SAMPLES);
        assertThat(v.detail()).contains("at 95 %");
        assertThat(v.stepReached()).isEqualTo(v.runs());
    }

    @Test
    void aCircleOfMonitorsIsFound() {
        Verdict v = Check.stress().samples(MANY).run(Shares.deadlock());
        Verdicts.assertFound(
                v, "deadlock: down waits for java.lang.Object of up, up waits for .* of down");
    }

    @Test
    void aTaskThatDoesNotEndIsAFault() {
        Verdict v = Check.stress().stuckAfter(2).run(Shares.stuck());
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).contains("the tasks do not end: waits is at ");
    }

    @Test
    void whatATaskThrewIsTheFindWhenTheOracleFailsOnWhatIsLeft() {
        Verdict v = Check.stress().samples(SAMPLES).run(Shares.cutShort());
        Verdicts.assertFound(v, "^other threw java.lang.IllegalStateException: no room");
        assertThat(v.counts()).extracting(Count::what).containsExactly("a task threw");
    }

    @Test
    void anOracleThatCannotBeProvenForATaskWaitsIsAFault() {
        Verdict v =
                Check.stress()
                        .stuckAfter(1)
                        .run(
                                Scenario.of("waits", () -> new Semaphore(0))
                                        .task("acquires", Semaphore::acquire)
                                        .task("releases", Semaphore::release)
                                        .rejects("a permit that is left", Semaphore::release)
                                        .oracle(s -> Shares.demand(s.drainPermits() == 0, "left")));
        assertThat(v.outcome()).isEqualTo(Outcome.FAULT);
        assertThat(v.detail()).startsWith("acquires does not end while no other task runs");
    }

    @Test
    void tooFewSamplesAreNotRun() {
        Verdict v =
                Check.stress()
                        .samples(Long.MAX_VALUE)
                        .limit(Duration.ofMillis(1))
                        .run(Shares.atomic());
        assertThat(v.outcome()).isEqualTo(Outcome.NOT_RUN);
        assertThat(v.detail()).contains("are needed");
    }

    @Test
    void aBlindCanaryMakesItBlind() {
        Verdict v =
                new StressCheck(() -> "canary.store-buffering: CLEAN-SAMPLED")
                        .samples(SAMPLES)
                        .run(Shares.atomic());
        assertThat(v.outcome()).isEqualTo(Outcome.TOOL_BLIND);
    }

    @Test
    void noThreadIsLeftBehind() {
        Check.stress().samples(SAMPLES).run(Shares.atomic());
        String own = "slubcheck " + Shares.atomic().name();
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith(own))) {
            Thread.onSpinWait();
        }
    }
}
