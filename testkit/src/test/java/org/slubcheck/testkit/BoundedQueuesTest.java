package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Deque;
import java.util.Queue;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** Queues of a library are clean by every technique, and wrong ones are found by those that can. */
class BoundedQueuesTest {
    private static final long SAMPLES = 2_000;
    private static final long MANY = 2_000_000;

    private static final Specification<Queue<Integer>, Deque<Integer>> MPMC =
            BoundedQueues.specification("MpmcArrayQueue", MpmcArrayQueue::new);
    private static final Specification<Queue<Integer>, Deque<Integer>> SPSC =
            BoundedQueues.specification(
                    "SpscArrayQueue", capacity -> new SpscArrayQueue<>(2 * capacity));
    private static final Specification<Queue<Integer>, Deque<Integer>> FORGETFUL =
            BoundedQueues.specification("ForgetfulQueue", ForgetfulQueue::new);

    @Test
    void theLibrarysQueueForManyIsCleanByAllThree() {
        Scenario<?> scenario = BoundedQueues.twoProducers(MPMC);
        Verdict model = Verdicts.assertClean(Check.model().run(scenario));
        assertThat(model.preemptions()).isGreaterThanOrEqualTo(2);
        assertThat(model.runs()).isGreaterThan(30);
        Verdicts.assertClean(Check.stress().samples(SAMPLES).run(scenario));
        Verdicts.assertClean(Check.property().run(MPMC));
        Verdicts.assertClean(Check.property().run(scenario));
    }

    @Test
    void theLibrarysQueueForOneOfEachIsCleanWhenUsedAsItMustBe() {
        Scenario<?> scenario = BoundedQueues.handOver(SPSC);
        Verdicts.assertClean(Check.model().run(scenario));
        Verdicts.assertClean(Check.stress().samples(SAMPLES).run(scenario));
    }

    @Test
    void theLibrarysQueueForOneProducerIsNotForTwo() {
        Verdict v = Check.model().run(BoundedQueues.twoProducers(SPSC));
        Verdicts.assertFound(v, "no order of the calls gives this");
    }

    @Test
    void aQueueWithARaceIsFoundWhereThereIsConcurrency() {
        Scenario<?> scenario = BoundedQueues.twoProducers(BoundedQueues.RACY);
        Verdict model = Check.model().run(scenario);
        Verdicts.assertFound(model, "no order of the calls gives this");
        assertThat(model.timeline()).anyMatch(line -> line.contains("TwoProducersQueue.java:"));
        assertThat(model.timeline()).noneMatch(line -> line.contains("Concurrent.java"));
        assertThat(model.timeline()).hasSizeLessThan(30);
        Verdicts.assertFound(Check.stress().samples(MANY).run(scenario), "no order of the calls");
        // In one thread it is right.
        Verdicts.assertClean(Check.property().run(BoundedQueues.RACY));
    }

    @Test
    void theInterleavingOfTheRaceIsHarmlessInTheLibrary() {
        Verdict race = Check.model().run(BoundedQueues.twoProducers(BoundedQueues.RACY));
        Verdict again =
                Check.model().replay(race).run(BoundedQueues.twoProducers(BoundedQueues.RACY));
        assertThat(again.timeline()).isEqualTo(race.timeline());
        Verdict library = Check.model().replay(race).run(BoundedQueues.twoProducers(MPMC));
        assertThat(library.outcome()).isEqualTo(Outcome.NOT_RUN);
    }

    @Test
    void aQueueThatIsWrongInOneThreadIsFoundByAllThree() {
        Verdicts.assertFound(Check.property().run(FORGETFUL), "must be false");
        Scenario<?> scenario =
                FORGETFUL
                        .concurrently("too many")
                        .task("first", FORGETFUL.call("offer", 1), FORGETFUL.call("offer", 2))
                        .task("second", FORGETFUL.call("offer", 3))
                        .scenario();
        Verdicts.assertFound(Check.property().run(scenario), "no order of the calls");
        Verdicts.assertFound(Check.model().run(scenario), "no order of the calls");
        Verdicts.assertFound(Check.stress().run(scenario), "no order of the calls");
    }
}
