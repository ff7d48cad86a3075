package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/** A run as text. */
class TimelineTest {
    private static void twoTasks(Tape tape) {
        Memory m = tape.m;
        long lock = tape.kernel.slab().node(tape.victim, 0) + KmemCacheNode.LIST_LOCK;
        long batch = tape.victim + KmemCache.BATCH;
        long queue = tape.victim + KmemCache.QUEUE;
        tape.on(0, 0, () -> m.cmpxchg(tape.slubLock(), 0, Tape.WRITER))
                .on(0, 0, () -> m.writeOnceInt(queue, 8))
                .on(1, 1, () -> m.cmpxchg(lock, 0, 2))
                .on(1, 1, () -> m.readOnceInt(batch))
                .on(0, 0, () -> m.writeOnceInt(batch, 4))
                .on(0, 0, () -> m.fetchAdd(tape.slubLock(), -Tape.WRITER))
                .on(1, 1, () -> m.storeRelease(lock, 0));
    }

    @Test
    void aRunIsToldDownwardsWithAColumnForEachCpu() {
        try (Tape tape = new Tape()) {
            twoTasks(tape);
            List<String> lines =
                    Timeline.of(
                            tape.template,
                            tape.log(),
                            List.of("cpu_queue_size_store", "kmem_cache_alloc"),
                            "BUG: something\nin two lines");
            assertThat(lines)
                    .containsExactly(
                            "  step  CPU 0                                                  CPU 1",
                            "        > cpu_queue_size_store                                 .",
                            "     1  down_write(slub_lock)                                  .",
                            "     2  victim queue 4 -> 8                                    .",
                            "        ~~ preempted                                           .",
                            "        .                                                      > kmem_cache_alloc",
                            "     3  .                                                      spin_lock(victim node[0].list_lock)",
                            "        .                                                      ~~ preempted",
                            "     5  victim batch 2 -> 4                                    .",
                            "     6  up_write(slub_lock)                                    .",
                            "     7  .                                                      spin_unlock(victim node[0].list_lock)",
                            "",
                            "BUG: something",
                            "in two lines");
        }
    }

    @Test
    void aDeadlockSaysInEachColumnWhatThatCpuWaitsFor() {
        try (Tape tape = new Tape()) {
            twoTasks(tape);
            String report =
                    "deadlock: CPU#0 waits for x alien(0->2, group 1) lock, CPU#1 waits for"
                            + " slub_lock";
            List<String> lines =
                    Timeline.of(tape.template, tape.log(), List.of("one", "other"), report);
            int end = lines.indexOf("");
            assertThat(lines.subList(end - 2, end))
                    .extracting(String::strip)
                    .containsExactly(
                            "~~ waits for x alien(0->2, group 1) lock for ever      .",
                            ".                                                      ~~ waits for"
                                    + " slub_lock for ever");
        }
    }

    @Test
    void takenApartItSaysTheSameAndWhatEachCpuHolds() {
        try (Tape tape = new Tape()) {
            twoTasks(tape);
            List<String> tasks = List.of("cpu_queue_size_store", "kmem_cache_alloc");
            String report = "BUG: something\nin two lines";
            List<Mark> marks = Timeline.marks(tape.template, tape.log(), tasks, report);
            String text = String.join("\n", Timeline.of(tape.template, tape.log(), tasks, report));
            assertThat(marks).allSatisfy(mark -> assertThat(text).contains(mark.text()));
            assertThat(marks)
                    .extracting(Mark::what)
                    .containsExactly(
                            What.BEGIN,
                            What.LOCK,
                            What.WRITE,
                            What.PREEMPTED,
                            What.BEGIN,
                            What.LOCK,
                            What.PREEMPTED,
                            What.WRITE,
                            What.UNLOCK,
                            What.UNLOCK,
                            What.WRONG);
            assertThat(marks.get(2).locks()).containsExactly("slub_lock");
            assertThat(marks.get(6).locks()).containsExactly("victim node[0].list_lock");
            assertThat(marks.get(7).locks()).containsExactly("slub_lock");
            assertThat(marks.get(9).locks()).isEmpty();
        }
    }

    @Test
    void threeCpusHaveThreeColumns() {
        try (Tape tape = new Tape(Geometry.small().withCpus(3))) {
            for (int cpu = 0; cpu < 3; cpu++) {
                int value = cpu + 1;
                tape.on(cpu, cpu, () -> tape.m.writeOnceInt(tape.victim + KmemCache.BATCH, value));
            }
            List<String> lines =
                    Timeline.of(tape.template, tape.log(), List.of("a", "b", "c"), "nothing");
            assertThat(lines.get(0)).matches(" *step +CPU 0 +CPU 1 +CPU 2");
            assertThat(lines.subList(1, lines.size() - 2))
                    .allMatch(line -> line.substring(8).split(" {2,}").length == 3);
        }
    }

    @Test
    void theSameLogGivesTheSameText() {
        try (Tape tape = new Tape()) {
            twoTasks(tape);
            List<String> tasks = List.of("a", "b");
            assertThat(Timeline.of(tape.template, tape.log(), tasks, "x"))
                    .isEqualTo(Timeline.of(tape.template, tape.log(), tasks, "x"));
        }
    }

    @Test
    void aLongRunIsFoldedAndKeepsItsBeginningAndEnd() {
        try (Tape tape = new Tape()) {
            long batch = tape.victim + KmemCache.BATCH;
            for (int i = 0; i < 200; i++) {
                int thread = i % 2;
                int value = 1000 + i;
                tape.on(thread, thread, () -> tape.m.writeOnceInt(batch, value));
            }
            List<String> lines =
                    Timeline.of(tape.template, tape.log(), List.of("a", "b"), "the end");
            assertThat(lines).hasSizeLessThanOrEqualTo(90);
            assertThat(lines).anyMatch(line -> line.contains("lines ..."));
            assertThat(lines).anyMatch(line -> line.contains("-> 1000"));
            assertThat(lines).anyMatch(line -> line.contains("-> 1199"));
            assertThat(lines.get(lines.size() - 1)).isEqualTo("the end");
        }
    }

    @Test
    void nothingOfTheSuiteItselfIsTold() {
        try (Tape tape = new Tape()) {
            twoTasks(tape);
            List<String> lines =
                    Timeline.of(tape.template, tape.log(), List.of("a", "b"), "nothing");
            assertThat(lines)
                    .noneMatch(
                            line ->
                                    line.matches(
                                            ".*(VarHandle|java\\.|org\\.slubcheck|\\$|@[0-9a-f]{4}).*"));
        }
    }
}
