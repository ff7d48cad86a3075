package example;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import net.jqwik.api.Arbitraries;
import org.jctools.queues.MpmcArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.testkit.Check;
import org.slubcheck.testkit.Reports;
import org.slubcheck.testkit.Scenario;
import org.slubcheck.testkit.Specification;
import org.slubcheck.testkit.Verdicts;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

class BoundedQueueTest {
    /** The queue of a library beside a model of it: a deque that refuses a third element. */
    private static final Specification<Queue<Integer>, Deque<Integer>> QUEUE =
            Specification.<Queue<Integer>, Deque<Integer>>of(
                            "MpmcArrayQueue", () -> new MpmcArrayQueue<>(2), ArrayDeque::new)
                    .operation(
                            "offer",
                            Arbitraries.integers().between(0, 9),
                            Queue::offer,
                            (model, x) -> model.size() < 2 && model.offer(x))
                    .operation("poll", Queue::poll, Deque::poll)
                    .build();

    /** What tasks got must be what some order of their calls gives. */
    private static final Scenario<?> TWO_PRODUCERS =
            QUEUE.concurrently("two producers")
                    .task("first", QUEUE.call("offer", 1))
                    .task("second", QUEUE.call("offer", 2))
                    .after(QUEUE.call("poll"), QUEUE.call("poll"))
                    .scenario();

    /** A state of your own, and an oracle of your own. */
    private static final class Slot {
        private Integer value;
        private int refused;

        void put(int x) {
            if (value == null) {
                value = x;
            } else {
                refused++;
            }
        }
    }

    private static final Scenario<Slot> CHECK_THEN_ACT =
            Scenario.of("check then act", Slot::new)
                    .task("one", slot -> slot.put(1))
                    .task("two", slot -> slot.put(2))
                    .reach("somebody is refused", slot -> slot.refused == 1)
                    .rejects("an empty slot", slot -> slot.value = null)
                    .oracle(
                            slot -> {
                                if (slot.value == null || slot.refused != 1) {
                                    throw new AssertionError("refused: " + slot.refused);
                                }
                            });

    @Test
    void everyInterleavingUpToTwoPreemptionsIsRight() {
        Verdicts.assertClean(Check.model().preemptions(2).run(TWO_PRODUCERS));
    }

    @Test
    void realThreadsSeeNothingWrong() {
        Verdicts.assertClean(Check.stress().samples(10_000).run(TWO_PRODUCERS));
    }

    @Test
    void anySequenceOfCallsIsRight() {
        Verdicts.assertClean(Check.property().tries(500).run(QUEUE));
    }

    @Test
    void checkThenActIsFoundAndFailsAgain() {
        Verdict found = Check.model().symptom("refused: 0").run(CHECK_THEN_ACT);
        Verdicts.assertFound(found, "refused: 0");
        Verdicts.assertFound(Check.model().replay(found).run(CHECK_THEN_ACT), "refused: 0");
    }

    @Test
    void verdictsAreWrittenAsAReport(@TempDir Path folder) throws Exception {
        List<Verdict> verdicts = new ArrayList<>(Check.canaries(Technique.PROPERTY));
        verdicts.add(Check.property().run(QUEUE));
        Reports.json(folder.resolve("report.json"), verdicts);
        Reports.text(folder.resolve("report.txt"), verdicts);
    }
}
