package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;

/** Stores that belong together are one event. */
class BurstsTest {
    private final List<Event> events = new ArrayList<>();
    private final Bursts bursts = new Bursts(events, new Held());
    private final Symbolizer names = new Symbolizer(Kernel.boot(KernelConfig.of(Geometry.micro())));
    private int step;

    private void store(int thread, int cpu, String name, int bytes, long old, long value) {
        bursts.store(thread, cpu, ++step, "", name, names, 0x10, bytes, old, value, "", 1);
    }

    private List<String> texts() {
        bursts.end();
        return events.stream().map(Event::text).toList();
    }

    @Test
    void storesOfOneTaskToOneStructAreOneEventWithEachFieldOnce() {
        store(0, 0, "victim batch", 4, 2, 3);
        store(0, 0, "victim queue", 4, 4, 8);
        store(0, 0, "victim batch", 4, 3, 4);
        assertThat(texts()).containsExactly("victim batch 2 -> 4, queue 4 -> 8");
        assertThat(events.get(0).step()).isEqualTo(1);
        assertThat(events.get(0).accesses()).isEqualTo(3);
    }

    @Test
    void anotherTaskCpuOrStructBeginsAnother() {
        store(0, 0, "victim batch", 4, 2, 3);
        store(1, 0, "victim batch", 4, 3, 4);
        store(1, 1, "victim batch", 4, 4, 5);
        store(1, 1, "other batch", 4, 1, 2);
        assertThat(texts())
                .containsExactly(
                        "victim batch 2 -> 3",
                        "victim batch 3 -> 4",
                        "victim batch 4 -> 5",
                        "other batch 1 -> 2");
    }

    @Test
    void whatCameBackToItsValueIsLeftOutBesideOthers() {
        store(0, 0, "victim batch", 4, 2, 3);
        store(0, 0, "victim queue", 4, 4, 8);
        store(0, 0, "victim batch", 4, 3, 2);
        assertThat(texts()).containsExactly("victim queue 4 -> 8");
    }

    @Test
    void moreThanThreeFieldsAreCounted() {
        for (String field : List.of("a", "b", "c", "d", "e")) {
            store(0, 0, "victim " + field, 4, 0, 1);
        }
        assertThat(texts()).containsExactly("victim a 0 -> 1, b 0 -> 1, c 0 -> 1, 2 more");
    }

    @Test
    void countAndCapacityOfAQueueAreTwoNumbers() {
        store(0, 0, "victim cpu#0 q.objects", Memory.WORD, 4L << 32 | 2, 4L << 32 | 3);
        store(0, 1, "victim cpu#1 q.objects", Memory.WORD, 0, 4L << 32);
        store(0, 0, "victim cpu#0 q.objects", Memory.WORD, 4L << 32 | 3, 4L << 32 | 0x5f5f5f5fL);
        assertThat(texts())
                .containsExactly(
                        "victim cpu#0 q.objects 2 -> 3",
                        "victim cpu#1 q.max 0 -> 4",
                        "victim cpu#0 q.objects 3 -> 0x5f5f5f5f");
    }

    @Test
    void aGlobalVariableIsNotNamedTwice() {
        store(0, 0, "slab_state", Memory.WORD, 1, 2);
        assertThat(texts()).containsExactly("slab_state 1 -> 2");
    }

    @Test
    void nothingGatheredIsNothingTold() {
        assertThat(texts()).isEmpty();
    }
}
