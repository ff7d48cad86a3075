package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.BlindMeetings;
import org.slubcheck.machine.Meetings;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.scenarios.Hands;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.timeline.Symbolizer;

/**
 * To preempt only where tasks meet leaves out no course of events: an exploration that preempts at
 * every marked access sees none that the short one does not. And that is seen when it is not so.
 *
 * <p>A course of events is what no exchange of steps that commute can change: which task did what to
 * which word, each access with the store before it, and what memory holds in the end.
 */
class MeetingsSoundnessTest {
    private static final Budget TWO_PREEMPTIONS = new Budget(20_000, 2, false).noMore();

    @ParameterizedTest
    @ValueSource(strings = {"pair-free-free", "pair-alloc-free", "pair-remote-free-remote-free"})
    void noCourseOfEventsIsLeftOut(String pair) {
        Template template = template(pair);
        Set<String> all = atEveryMarkedAccess(template);
        Set<String> met = whereTasksMeet(template, nothingKnown(template));

        assertThat(all).hasSizeGreaterThan(1);
        assertThat(met).containsAll(all);
    }

    @Test
    void aLockThatIsTakenForOneTasksAloneIsNoticed() {
        Template template = template("pair-remote-free-remote-free");
        Set<String> all = atEveryMarkedAccess(template);
        Set<String> met = whereTasksMeet(template, blindTo(template, "victim alien(0->1) lock"));

        assertThat(met).isNotEmpty();
        assertThat(all).as("what is left out").anyMatch(course -> !met.contains(course));
    }

    private static Template template(String pair) {
        return Template.checked(new Recorded(Scenarios.byId(pair).orElseThrow()), Steps.mainline());
    }

    private static Meetings nothingKnown(Template template) {
        return new Meetings(template.kernel().memory().size());
    }

    private static Meetings blindTo(Template template, String name) {
        Symbolizer names = new Symbolizer(template.kernel());
        long bytes = template.kernel().memory().size();
        BitSet words = new BitSet();
        IntStream.range(0, (int) (bytes / Memory.WORD))
                .filter(word -> names.name((long) word * Memory.WORD).equals(name))
                .forEach(words::set);
        assertThat(words.cardinality()).as("words called %s", name).isEqualTo(1);
        return new BlindMeetings(bytes, words);
    }

    private static Set<String> atEveryMarkedAccess(Template template) {
        template.forget();
        return courses(
                template,
                ModelCheck.explore(template, TWO_PREEMPTIONS, Judge.NOTHING, Judge.NOTHING));
    }

    private static Set<String> whereTasksMeet(Template template, Meetings first) {
        return courses(template, ModelCheck.explore(template, TWO_PREEMPTIONS, first));
    }

    private static Set<String> courses(Template template, Exploration.Result result) {
        Judge.close();
        assertThat(result.failure()).isNull();
        assertThat(result.preemptions()).isGreaterThanOrEqualTo(2);
        return template.evidence().keySet();
    }

    /** A scenario with courses of events for evidence. */
    private static final class Recorded extends Scenario {
        private final Scenario scenario;

        Recorded(Scenario scenario) {
            super(scenario.id(), scenario.about(), "one", "other");
            this.scenario = scenario;
        }

        @Override
        public KernelConfig config() {
            return scenario.config();
        }

        @Override
        public int cpuOf(int task) {
            return scenario.cpuOf(task);
        }

        @Override
        public Task enter(int task) {
            return scenario.enter(task);
        }

        @Override
        public long[] prefix(Kernel kernel, Hands hands) {
            return scenario.prefix(kernel, hands);
        }

        @Override
        public void body(int task, Task self, Trial trial) {
            scenario.body(task, self, trial);
        }

        @Override
        public List<String> judge(Trial trial) {
            return scenario.judge(trial);
        }

        @Override
        public List<String> evidence(Trial trial) {
            AccessLog log = trial.kernel().checked().log();
            assertThat(log.dropped()).isZero();
            List<String> threads = trial.tasksByThread();
            Map<Long, Integer> stores = new HashMap<>();
            Map<String, Long> did = new HashMap<>(Map.of("one", 0L, "other", 0L));
            for (int i = 0; i < log.size(); i++) {
                String task = threads.get(log.thread(i));
                long course = did.get(task);
                long last = log.address(i) + log.bytes(i) - 1;
                for (long word = log.address(i) / Memory.WORD; word <= last / Memory.WORD; word++) {
                    int version =
                            log.kind(i).writes()
                                    ? stores.merge(word, 1, Integer::sum)
                                    : stores.getOrDefault(word, 0);
                    course = mix(mix(mix(course, word), version), log.kind(i).ordinal());
                }
                did.put(task, course);
            }
            long end = 0;
            Memory memory = trial.kernel().memory();
            for (long address = 0; address < memory.size(); address += Memory.WORD) {
                end = mix(end, memory.peek(address));
            }
            return List.of(did.get("one") + " " + did.get("other") + " " + end);
        }

        private static long mix(long hash, long more) {
            long mixed = (hash ^ more) * 0x9E3779B97F4A7C15L;
            return mixed ^ mixed >>> 29;
        }
    }
}
