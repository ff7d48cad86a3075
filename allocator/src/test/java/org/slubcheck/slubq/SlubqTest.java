package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;

/** Allocation, freeing, resizing and tunables of S+Q3 on a booted machine. */
class SlubqTest {
    @Test
    void lowAddressesAreHandedOutFirstAndTheHottestObjectComesBack() {
        Booted b = Booted.on(Geometry.small());
        long s = b.cache("t", 64, SlabFlags.POISON);
        Task t = b.task(0);
        long first = b.slab.alloc(t, s, Gfp.KERNEL);
        long second = b.slab.alloc(t, s, Gfp.KERNEL);
        assertThat(second).isEqualTo(first + KmemCache.size(b.memory, s));
        b.slab.free(t, s, first);
        assertThat(b.slab.alloc(t, s, Gfp.KERNEL)).isEqualTo(first);
        b.assertSound(s, List.of(first, second));
    }

    @Test
    void zeroedMemoryIsZero() {
        Booted b = Booted.on(Geometry.micro());
        Task t = b.task(0);
        long p = b.slab.kmalloc(t, 64, Gfp.KERNEL);
        b.memory.fill(p, 64, 0xff);
        b.slab.kfree(t, p);
        long again = b.slab.kzalloc(t, 64, Gfp.KERNEL);
        assertThat(again).isEqualTo(p);
        for (int i = 0; i < 64; i += 8) {
            assertThat(b.memory.read(again + i)).isZero();
        }
    }

    @Test
    void aFullQueueDrainsItsColdestBatch() {
        Booted b = Booted.on(Geometry.small());
        long s = b.cache("t", 64, SlabFlags.POISON);
        Task t = b.task(0);
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            objects.add(b.slab.alloc(t, s, Gfp.KERNEL));
        }
        b.engine.flushAll(t, s);
        int max = KmemCache.queue(b.memory, s);
        int capacity = b.memory.peekInt(s + KmemCache.CPU_QUEUE);
        assertThat(capacity).isGreaterThanOrEqualTo(max);
        for (int i = 0; i <= capacity; i++) {
            b.slab.free(t, s, objects.get(i));
        }
        int batch = KmemCache.batch(b.memory, s);
        assertThat(b.engine.peekQueue(s, 0)).isEqualTo(objects.subList(batch, capacity + 1));
        b.assertSound(s, objects.subList(capacity + 1, objects.size()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anyOrderOfOperationsKeepsEveryObjectInOnePlace(int nodes) {
        for (int seed = 0; seed < 12; seed++) {
            Booted b = Booted.on(Geometry.numa(nodes), config(seed));
            exercise(b, seed, 300);
        }
    }

    @Test
    void theWatchedMachineReportsNothing() {
        for (int seed = 0; seed < 4; seed++) {
            Booted b = Booted.checked(Geometry.numa(2), config(seed));
            exercise(b, seed, 200);
        }
    }

    private static SlabConfig config(int seed) {
        return SlabConfig.defaults()
                .withStats(seed % 2 == 1)
                .withDebugFlags(seed % 3 == 1 ? Booted.allDebug() : 0);
    }

    private static void exercise(Booted b, int seed, int steps) {
        Random random = new Random(seed);
        long s = b.cache("t", 24 + 8 * (seed % 9), SlabFlags.POISON);
        int cpus = b.machine.geometry().cpus();
        int nodes = b.machine.geometry().nodes();
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            Task t = b.task(random.nextInt(cpus));
            int choice = random.nextInt(20);
            if (choice < 9) {
                if (random.nextInt(3) == 0) {
                    t.migratingTo(random.nextInt(cpus));
                }
                int gfp = random.nextBoolean() ? Gfp.KERNEL : Gfp.ATOMIC;
                int node = random.nextInt(3) == 0 ? random.nextInt(nodes) : -1;
                long object = b.slab.allocNode(t, s, gfp | Gfp.NOWARN, node);
                if (object != 0) {
                    held.add(object);
                }
            } else if (choice < 17) {
                if (!held.isEmpty()) {
                    b.slab.free(t, s, held.remove(random.nextInt(held.size())));
                }
            } else if (choice == 17) {
                int size = 4 + random.nextInt(12);
                assertThat(b.engine.setCpuQueueSize(t, s, size)).isIn(0, Errno.ENOMEM);
            } else if (choice == 18) {
                b.engine.setBatchSize(t, s, 4 + random.nextInt(8));
            } else {
                b.slab.shrink(t, s);
            }
            assertThat(t.irqsOff()).isFalse();
            if (i % 16 == 0) {
                b.assertSound(s, held);
            }
        }
        assertThat(b.engine.validate(b.task(0), s)).isZero();
        b.assertSound(s, held);
        for (long object : held) {
            b.slab.free(b.task(0), s, object);
        }
        b.slab.shrink(b.task(0), s);
        b.assertSound(s, List.of());
    }

    @Test
    void queueSizesHaveTheKernelsRange() {
        Booted b = Booted.on(Geometry.small());
        long s = b.slab.cacheByName("kmalloc-64");
        Task t = b.task(0);
        assertThat(b.engine.setCpuQueueSize(t, s, 3)).isEqualTo(Errno.EINVAL);
        assertThat(b.engine.setCpuQueueSize(t, s, 10001)).isEqualTo(Errno.EINVAL);
        assertThat(b.engine.setCpuQueueSize(t, s, -1)).isEqualTo(Errno.EINVAL);
        assertThat(b.engine.setCpuQueueSize(t, s, 4)).isZero();
        assertThat(KmemCache.batch(b.memory, s)).isEqualTo(2);
        assertThat(b.engine.setBatchSize(t, s, 3)).isEqualTo(Errno.EINVAL);
        assertThat(b.engine.setBatchSize(t, s, 4)).isZero();
        assertThat(b.engine.setBatchSize(t, s, 5)).isEqualTo(Errno.EINVAL);
        assertThat(b.engine.setCpuQueueSize(t, s, 10000)).isEqualTo(Errno.ENOMEM);
        assertThat(KmemCache.queue(b.memory, s)).isEqualTo(4);
    }

    @Test
    void aQueueOf120Holds125() {
        assertThat(KmemCacheCpu.of(false).capacity(KmemCacheCpu.of(false).areaBytes(120, 64)))
                .isEqualTo(125);
    }

    @Test
    void aResizeWithoutMemoryChangesNothing() {
        Booted b = Booted.on(Geometry.small());
        long s = b.slab.cacheByName("kmalloc-64");
        long area = KmemCache.cpu(b.memory, s);
        int queue = KmemCache.queue(b.memory, s);
        int batch = KmemCache.batch(b.memory, s);
        b.faults.failAt(Faults.Kind.PERCPU, 1);
        assertThat(b.engine.setCpuQueueSize(b.task(0), s, 5)).isEqualTo(Errno.ENOMEM);
        assertThat(KmemCache.cpu(b.memory, s)).isEqualTo(area);
        assertThat(KmemCache.queue(b.memory, s)).isEqualTo(queue);
        assertThat(KmemCache.batch(b.memory, s)).isEqualTo(batch);
        assertThat(b.engine.setCpuQueueSize(b.task(0), s, 5)).isZero();
        assertThat(KmemCache.cpu(b.memory, s)).isNotEqualTo(area);
        assertThat(b.percpu.isAllocated(area)).isFalse();
    }

    @Test
    void aSlabThatComesBackToAFullQueueIsParked() {
        Booted b = Booted.on(Geometry.small());
        long s = b.cache("t", 64, SlabFlags.POISON);
        List<Long> held = fillQueueOfCpu1(b, s);
        Task t = b.task(0).migratingTo(1);
        held.add(b.slab.alloc(t, s, Gfp.KERNEL));
        assertThat(t.cpu()).isEqualTo(1);
        b.assertSound(s, held);
    }

    @Test
    void aNegativeRefillLosesObjectsAndIsSeen() {
        Steps wrong =
                Steps.mainline()
                        .with(
                                SlubqSteps.REFILL_COUNT,
                                (batch, queued, available) -> Math.min(batch - queued, available));
        Booted b = Booted.on(Geometry.small(), SlabConfig.defaults(), wrong);
        long s = b.cache("t", 64, SlabFlags.POISON);
        List<Long> held = fillQueueOfCpu1(b, s);
        held.add(b.slab.alloc(b.task(0).migratingTo(1), s, Gfp.KERNEL));
        assertThat(b.violations(s, held)).isNotEmpty();
    }

    /** More than a batch in the queue of CPU 1, nothing partial; returns what is held. */
    private static List<Long> fillQueueOfCpu1(Booted b, long s) {
        List<Long> held = new ArrayList<>();
        Task t = b.task(1);
        for (int i = 0; i < 32; i++) {
            held.add(b.slab.alloc(t, s, Gfp.KERNEL));
        }
        int capacity = b.memory.peekInt(s + KmemCache.CPU_QUEUE);
        while (b.engine.peekQueue(s, 1).size() < capacity) {
            b.slab.free(t, s, held.remove(0));
        }
        long n = b.engine.node(s, 0);
        while (b.memory.peekInt(n + org.slubcheck.slab.KmemCacheNode.NR_PARTIAL) != 0) {
            held.add(b.slab.alloc(b.task(0), s, Gfp.KERNEL));
        }
        while (!b.engine.peekQueue(s, 0).isEmpty()) {
            held.add(b.slab.alloc(b.task(0), s, Gfp.KERNEL));
        }
        return held;
    }

    @Test
    void aSecondFreeIsReportedWhenItReachesTheSlab() {
        Booted b = Booted.on(Geometry.small(), SlabConfig.defaults().withMerge(false));
        long s = b.cache("t", 64, 0);
        Task t = b.task(0);
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.slab.free(t, s, object);
        b.slab.free(t, s, object);
        b.engine.flushAll(t, s);
        assertThat(b.console.reports()).hasSize(1);
        assertThat(b.console.reports().get(0)).contains(": Double free");
        assertThat(b.violations(s, List.of())).isEmpty();
    }

    @Test
    void withFailslabOffAnInvertedHookFailsEverything() {
        Booted good = Booted.on(Geometry.small());
        long s = good.slab.cacheByName("kmalloc-64");
        assertThat(good.slab.alloc(good.task(0), s, Gfp.KERNEL)).isNotZero();
        Booted injected = Booted.on(Geometry.small(), SlabConfig.defaults().withFailslab(true));
        injected.faults.failAt(Faults.Kind.SLAB, 2);
        long r = injected.slab.cacheByName("kmalloc-64");
        assertThat(injected.slab.alloc(injected.task(0), r, Gfp.KERNEL)).isNotZero();
        assertThat(injected.slab.alloc(injected.task(0), r, Gfp.KERNEL)).isZero();
        assertThat(injected.slab.alloc(injected.task(0), r, Gfp.KERNEL)).isNotZero();
    }

    @Test
    void everyFailingPageLeavesTheCacheSound() {
        for (int k = 1; k <= 6; k++) {
            Booted b = Booted.on(Geometry.small());
            long s = b.cache("t", 64, SlabFlags.POISON);
            b.faults.failAt(Faults.Kind.PAGE, k);
            List<Long> held = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                long object = b.slab.alloc(b.task(i % 2), s, Gfp.KERNEL | Gfp.NOWARN);
                if (object != 0) {
                    held.add(object);
                }
            }
            b.assertSound(s, held);
        }
    }

    @Test
    void sysfsShowsQueuesAndStatistics() {
        Booted b = Booted.on(Geometry.small(), SlabConfig.defaults().withStats(true));
        long s = b.cache("t", 64, SlabFlags.POISON);
        Task t = b.task(1);
        b.slab.free(t, s, b.slab.alloc(t, s, Gfp.KERNEL));
        var attributes = b.engine.attributes();
        int queued = b.engine.peekQueue(s, 1).size();
        int capacity = b.memory.peekInt(s + KmemCache.CPU_QUEUE);
        assertThat(attributes.show(t, s, "per_cpu_caches"))
                .isEqualTo(
                        String.format("%d C0=0/%d C1=%d/%d\n", queued, capacity, queued, capacity));
        assertThat(attributes.show(t, s, "alloc_slowpath")).isEqualTo("1 C1=1\n");
        assertThat(attributes.store(t, s, "alloc_slowpath", "1")).isEqualTo(Errno.EINVAL);
        assertThat(attributes.store(t, s, "alloc_slowpath", "0\n")).isZero();
        assertThat(attributes.show(t, s, "alloc_slowpath")).isEqualTo("0\n");
        assertThat(attributes.store(t, s, "cpu_queue_size", "x")).isEqualTo(Errno.EINVAL);
        assertThat(attributes.store(t, s, "cpu_queue_size", "9")).isZero();
        assertThat(attributes.show(t, s, "queue_size")).isEqualTo("9\n");
        assertThat(attributes.show(t, s, "cpu_queue_size"))
                .isEqualTo(b.memory.peekInt(s + KmemCache.CPU_QUEUE) + "\n");
        assertThat(attributes.store(t, s, "queue_size", "9")).isEqualTo(Errno.EIO);
        assertThat(attributes.store(t, s, "per_cpu_caches", "9")).isEqualTo(Errno.EIO);
    }

    @Test
    void validateFindsAnOverwrittenObjectAndAcceptsASoundOne() {
        Booted b = Booted.on(Geometry.small());
        long s = b.cache("t", 64, SlabFlags.POISON | SlabFlags.RED_ZONE);
        Task t = b.task(0);
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        assertThat(SlabAttributes.store(b.slab, t, s, "validate", "1")).isZero();
        assertThat(b.console.reports()).isEmpty();
        b.memory.writeByte(object + 64, 0);
        assertThat(SlabAttributes.store(b.slab, t, s, "validate", "0")).isEqualTo(Errno.EINVAL);
        assertThat(b.console.reports()).isEmpty();
        assertThat(SlabAttributes.store(b.slab, t, s, "validate", "1\n")).isZero();
        assertThat(b.console.reports()).anyMatch(report -> report.contains("Redzone overwritten"));
    }

    @Test
    void aSlabOfManyObjectsKeepsItsMapAtItsEnd() {
        Booted b =
                Booted.on(
                        Geometry.desktop(1, 1).withPages(new Geometry.ZonePages(64, 0, 512, 0, 0)));
        long s = b.slab.cacheByName("kmalloc-8");
        Task t = b.task(0);
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            held.add(b.slab.alloc(t, s, Gfp.KERNEL));
        }
        long page = b.pages.pageOf(held.get(0));
        assertThat(FreeMap.objects(b.memory, page)).isGreaterThan(64);
        assertThat(PageStruct.freelist(b.memory, page))
                .isEqualTo(b.pages.addressOf(page) + 8L * FreeMap.objects(b.memory, page));
        for (long object : held) {
            b.slab.free(t, s, object);
        }
        assertThat(b.console.reports()).isEmpty();
    }
}
