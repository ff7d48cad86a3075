package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.AccessLog.Kind;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabConfig;

/** The checkers watch the code that runs unwatched: the same fast paths, no others. */
class FastPathTest {
    private final Booted b =
            Booted.checked(Geometry.small(), SlabConfig.defaults().withMerge(false));
    private final CheckedMemory memory = (CheckedMemory) b.memory;
    private final Task t = b.task(0);
    private final long s = b.cache("t", 64, 0);

    @Test
    void aFreeThatFindsRoomOnlyPushes() {
        long object = b.engine.alloc(t, s, Gfp.KERNEL, -1);
        long q = b.engine.queueOf(b.percpu.perCpuPtr(memory.peek(s + KmemCache.CPU), 0));
        long slot = KmemCacheQueue.slot(q, KmemCacheQueue.peekObjects(memory, q));

        memory.startLog(true);
        b.engine.free(b.memory, t, s, object);
        memory.stopLog();

        // Flags, irq line, pointer, queue; the checker's flags, as objects of some caches may be
        // looked at when they are free, and size; object, queue, irq line. The drain behind the
        // fast path would read the queue again.
        assertThat(touched(memory.log()))
                .containsExactly(
                        "READ " + (s + KmemCache.FLAGS),
                        "CMPXCHG_OK " + b.machine.line(0),
                        "ACQUIRE " + (s + KmemCache.CPU),
                        "READ " + q,
                        "READ " + (s + KmemCache.FLAGS),
                        "READ_ONCE " + (s + KmemCache.OBJSIZE),
                        "WRITE " + slot,
                        "WRITE " + q,
                        "RELEASE " + b.machine.line(0));
        b.assertSound(s, List.of());
    }

    @Test
    void aFreeIntoAFullQueueDoesMore() {
        int room = memory.peekInt(s + KmemCache.CPU_QUEUE);
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i <= room; i++) {
            objects.add(b.engine.alloc(t, s, Gfp.KERNEL, -1));
        }
        b.engine.flushAll(t, s);
        for (int i = 0; i < room; i++) {
            b.engine.free(b.memory, t, s, objects.get(i));
        }

        memory.startLog(true);
        b.engine.free(b.memory, t, s, objects.get(room));
        memory.stopLog();

        assertThat(memory.log().size()).isGreaterThan(20);
        b.assertSound(s, List.of());
    }

    @Test
    void anObjectThatAFastFreeTookBackMayNotBeUsed() {
        long object = b.engine.alloc(t, s, Gfp.KERNEL, -1);
        memory.write(object, 1);
        assertThat(b.console.reports()).isEmpty();
        b.engine.free(b.memory, t, s, object);

        memory.write(object, 1);

        assertThat(b.console.reports()).anyMatch(r -> r.contains("KASAN: slab-use-after-free"));
    }

    @Test
    void anAllocationFromAQueueOnlyPops() {
        b.engine.free(b.memory, t, s, b.engine.alloc(t, s, Gfp.KERNEL, -1));

        memory.startLog(true);
        b.engine.alloc(t, s, Gfp.KERNEL, -1);
        memory.stopLog();

        AccessLog log = memory.log();
        int end = kinds(log).indexOf(Kind.RELEASE);
        assertThat(kinds(log).subList(0, end + 1))
                .containsExactly(
                        Kind.READ,
                        Kind.CMPXCHG_OK,
                        Kind.ACQUIRE,
                        Kind.READ,
                        Kind.READ,
                        Kind.WRITE,
                        Kind.RELEASE);
    }

    private static List<Kind> kinds(AccessLog log) {
        return IntStream.range(0, log.size()).mapToObj(log::kind).toList();
    }

    private static List<String> touched(AccessLog log) {
        return IntStream.range(0, log.size())
                .mapToObj(i -> log.kind(i) + " " + log.address(i))
                .toList();
    }
}
