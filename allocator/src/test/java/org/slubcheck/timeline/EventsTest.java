package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slubq.KmemCacheQueue;

/** Accesses become events in the kernel's vocabulary. */
class EventsTest {
    @Test
    void aWaitingWriterThatGetsTheSemaphoreTakesItAndDoesNotGiveItBack() {
        try (Tape tape = new Tape()) {
            long lock = tape.slubLock();
            Memory m = tape.m;
            long waiting = 2 * Tape.WRITER;
            tape.on(0, 0, () -> m.cmpxchg(lock, 0, Tape.WRITER))
                    .on(1, 1, () -> m.fetchAdd(lock, waiting))
                    .on(0, 0, () -> m.fetchAdd(lock, -Tape.WRITER))
                    .on(1, 1, () -> m.awaitClear(lock, waiting - 1))
                    .on(1, 1, () -> m.cmpxchg(lock, waiting, Tape.WRITER))
                    .on(1, 1, () -> m.fetchAdd(lock, -Tape.WRITER));

            assertThat(tape.texts("a", "b"))
                    .containsExactly(
                            "CPU 0: > a",
                            "CPU 0: down_write(slub_lock)",
                            "CPU 0: ~~ preempted",
                            "CPU 1: > b",
                            "CPU 1: down_write(slub_lock) has to wait",
                            "CPU 1: ~~ waits for slub_lock",
                            "CPU 0: up_write(slub_lock)",
                            "CPU 1: down_write(slub_lock)",
                            "CPU 1: up_write(slub_lock)");
        }
    }

    @Test
    void readersOfTheSemaphoreComeAndGo() {
        try (Tape tape = new Tape()) {
            long lock = tape.slubLock();
            tape.on(0, 0, () -> tape.m.cmpxchg(lock, 0, 1))
                    .on(0, 0, () -> tape.m.fetchAdd(lock, -1));
            assertThat(tape.texts("reader"))
                    .containsExactly(
                            "CPU 0: > reader",
                            "CPU 0: down_read(slub_lock)",
                            "CPU 0: up_read(slub_lock)");
        }
    }

    @Test
    void otherSemaphoresAreToldLikeSlubLock() {
        try (Tape tape = new Tape()) {
            long lock = tape.address("cpu_hotplug.lock");
            tape.on(0, 0, () -> tape.m.cmpxchg(lock, 0, 1))
                    .on(0, 0, () -> tape.m.fetchAdd(lock, 2 * Tape.WRITER))
                    .on(0, 0, () -> tape.m.fetchAdd(lock, -1));
            assertThat(tape.texts("reader"))
                    .containsExactly(
                            "CPU 0: > reader",
                            "CPU 0: down_read(cpu_hotplug.lock)",
                            "CPU 0: down_write(cpu_hotplug.lock) has to wait",
                            "CPU 0: up_read(cpu_hotplug.lock)");
        }
    }

    @Test
    void aPopFromAnEmptyQueueTakesTheWordBelowIt() {
        try (Tape tape = new Tape()) {
            long area = tape.kernel.percpu().perCpuPtr(tape.m.peek(tape.victim + KmemCache.CPU), 1);
            long q = tape.kernel.slubq().queueOf(area);
            tape.on(0, 1, () -> KmemCacheQueue.get(tape.m, q));
            assertThat(tape.texts("b"))
                    .containsExactly(
                            "CPU 1: > b",
                            "CPU 1: victim cpu#1 q.objects 0 -> -1",
                            "CPU 1: pops victim cpu#1 q.object[-1] = 0 (it is q.shared)");
        }
    }

    @Test
    void aPopFromAQueueThatIsNotEmptyIsNoSuchThing() {
        try (Tape tape = new Tape()) {
            long area = tape.kernel.percpu().perCpuPtr(tape.m.peek(tape.victim + KmemCache.CPU), 1);
            long q = tape.kernel.slubq().queueOf(area);
            tape.on(0, 1, () -> KmemCacheQueue.setObjects(tape.m, q, 1))
                    .on(0, 1, () -> KmemCacheQueue.get(tape.m, q));
            assertThat(tape.texts("b")).noneMatch(text -> text.contains("pops"));
        }
    }

    @Test
    void aTaskIsNamedByItsThreadAndNotByItsCpu() {
        try (Tape tape = new Tape()) {
            long word = tape.victim + KmemCache.BATCH;
            tape.on(0, 0, () -> tape.m.writeOnceInt(word, 1))
                    .on(1, 1, () -> tape.m.writeOnceInt(word, 2))
                    .on(2, 0, () -> tape.m.writeOnceInt(word, 3));
            assertThat(tape.texts("first", "second", "third"))
                    .contains("CPU 0: > first", "CPU 1: > second", "CPU 0: > third");
        }
    }

    @Test
    void aTaskNobodyNamedHasItsNumber() {
        try (Tape tape = new Tape()) {
            tape.on(0, 1, () -> tape.m.writeOnceInt(tape.victim + KmemCache.BATCH, 1));
            assertThat(tape.texts()).startsWith("CPU 1: > task 0");
        }
    }

    @Test
    void takingAnothersLineIsAnInterruptInItsColumn() {
        try (Tape tape = new Tape()) {
            long batch = tape.victim + KmemCache.BATCH;
            Task caller = Task.on(0);
            tape.on(
                    0,
                    0,
                    () ->
                            tape.kernel
                                    .machine()
                                    .onEachCpu(
                                            caller,
                                            irq -> tape.m.writeOnceInt(batch, 3 + irq.cpu())));
            assertThat(tape.texts("a"))
                    .containsSubsequence(
                            "CPU 0: > a",
                            "CPU 1: IPI from CPU 0",
                            "CPU 1: [irq] victim batch 3 -> 4",
                            "CPU 1: IPI done");
        }
    }

    @Test
    void aSpinLockIsNamedByItsField() {
        try (Tape tape = new Tape()) {
            long lock = tape.kernel.slab().node(tape.victim, 0) + KmemCacheNode.LIST_LOCK;
            tape.on(0, 0, () -> tape.m.cmpxchg(lock, 0, 1))
                    .on(0, 0, () -> tape.m.storeRelease(lock, 0));
            assertThat(tape.texts("a"))
                    .contains(
                            "CPU 0: spin_lock(victim node[0].list_lock)",
                            "CPU 0: spin_unlock(victim node[0].list_lock)");
        }
    }

    @Test
    void aFillAndACopySayHowMuch() {
        try (Tape tape = new Tape()) {
            long s = tape.victim;
            long other = tape.kernel.slab().kmalloc(tape.kernel.task(0), 32, 0);
            tape.on(0, 0, () -> tape.m.fill(s + KmemCache.BATCH, 8, 0))
                    .on(0, 0, () -> tape.m.copy(other, s + KmemCache.BATCH, 16));
            assertThat(tape.texts("a", "b"))
                    .contains("CPU 0: memset(victim batch, 8)")
                    .anyMatch(
                            text -> text.matches("CPU 0: memcpy\\(.+, victim batch, 16 bytes\\)"));
        }
    }

    @Test
    void aRefusedExchangeAndAPlainLoadAreNotTold() {
        try (Tape tape = new Tape()) {
            tape.on(0, 0, () -> tape.m.cmpxchg(tape.slubLock(), 7, 8))
                    .on(0, 0, () -> tape.m.read(tape.victim + KmemCache.FLAGS));
            assertThat(tape.texts("a")).containsExactly("CPU 0: > a");
        }
    }

    @Test
    void aPlainLoadOfWhatWasRacedForIsTold() {
        try (Tape tape = new Tape()) {
            tape.on(0, 0, () -> tape.m.readInt(tape.victim + KmemCache.BATCH));
            assertThat(new Events(tape.template, tape.log(), List.of("a"), "victim batch").all())
                    .extracting(Event::text)
                    .containsExactly("> a", "reads victim batch = 2");
        }
    }
}
