package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabInfo;

/** Queues that the CPUs of a last-level cache share. */
class SharedCacheTest {
    @Test
    void cpusShareAQueueWithTheirCacheAndNodeAlone() {
        // Two nodes of four CPUs, two caches on each: 0,4 1,5 2,6 3,7.
        NumaRig rig = NumaRig.on(2, 8, 4);
        assertThat(rig.shared(0)).isNotZero().isEqualTo(rig.shared(4));
        assertThat(rig.shared(0)).isNotEqualTo(rig.shared(2)).isNotEqualTo(rig.shared(1));
        assertThat(rig.show("shared_caches"))
                .matches("0 C0,4=0/\\d+ C1,5=0/\\d+ C2,6=0/\\d+ C3,7=0/\\d+\n");
        rig.assertSound();
        // One cache that two nodes are on: a queue for each node.
        assertThat(NumaRig.on(2, 4, 1).show("shared_caches"))
                .matches("0 C0,2=0/\\d+ C1,3=0/\\d+\n");
    }

    @Test
    void aFullQueueMovesItsColdestBatchToTheSharedOneAndTheHottestComesBack() {
        NumaRig rig = NumaRig.on(1, 2, 1);
        int max = KmemCacheQueue.peekMax(rig.kernel.memory(), rig.engine.queueOf(rig.area(0)));
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i < max + 1; i++) {
            objects.add(rig.alloc(0, -1));
        }
        rig.engine.flushAll(rig.task(0), rig.s);
        for (long object : objects) {
            rig.free(0, object);
        }
        int batch = rig.batch();
        assertThat(rig.inShared(0)).isEqualTo(batch);
        assertThat(rig.show("shared_caches")).startsWith(batch + " C0,1=" + batch + "/");
        rig.assertSound();
        // The other CPU finds there what was freed last of what went there.
        assertThat(rig.inQueue(1)).isZero();
        assertThat(rig.alloc(1, -1)).isEqualTo(objects.get(batch - 1));
        assertThat(rig.inShared(0)).isZero();
        assertThat(rig.inQueue(1)).isEqualTo(batch - 1);
        rig.assertSound();
    }

    @Test
    void aFullSharedQueueLetsABatchGoToTheSlabs() {
        NumaRig rig = NumaRig.on(1, 2, 1);
        for (int i = 0; i < 100; i++) {
            rig.alloc(0, -1);
        }
        rig.freeAll(0);
        int max = KmemCacheQueue.peekMax(rig.kernel.memory(), rig.shared(0));
        assertThat(rig.inShared(0)).isEqualTo(max);
        rig.assertSound();
    }

    @Test
    void theQueueUsesWhatKmallocRoundsItsBlockUpTo() {
        NumaRig rig = NumaRig.on(1, 2, 1);
        // 16 bytes of head and 8 objects are 80 bytes, of which kmalloc makes 96.
        assertThat(rig.show("shared_queue_size")).isEqualTo("10 8\n");
        assertThat(rig.store("shared_queue_size", "200")).isZero();
        // 1616 bytes are four pages of 512.
        assertThat(rig.show("shared_queue_size")).isEqualTo("254 200\n");
        rig.assertSound();
    }

    @Test
    void aResizeKeepsTheSharedQueuesAndNoObjectIsLost() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        for (int i = 0; i < 60; i++) {
            rig.alloc(i % 4, -1);
        }
        rig.freeAll(0);
        for (String size : List.of("40", "4", "10")) {
            assertThat(rig.store("cpu_queue_size", size)).isZero();
            assertThat(rig.shared(0)).isNotZero();
            rig.assertSound();
        }
    }

    @Test
    void queuesCanBeTurnedOffAndOnAndNothingIsLeftOfThem() {
        NumaRig rig = NumaRig.on(2, 4, 4);
        for (int i = 0; i < 60; i++) {
            rig.alloc(i % 4, i % 3 - 1);
        }
        rig.freeAll(3);
        assertThat(rig.store("shared_queue_size", "0")).isZero();
        assertThat(rig.show("shared_caches")).isEqualTo("0\n");
        assertThat(rig.show("shared_queue_size")).isEqualTo("0 0\n");
        for (int cpu = 0; cpu < 4; cpu++) {
            assertThat(rig.shared(cpu)).isZero();
        }
        rig.assertSound();
        assertThat(rig.store("shared_queue_size", "20")).isZero();
        assertThat(rig.shared(3)).isNotZero();
        rig.assertSound();
    }

    @Test
    void sizesHaveTheRangeOfOctober2010() {
        NumaRig rig = NumaRig.on(1, 2, 1);
        for (String bad : List.of("3", "1", "10001", "x", "", "-1", "99999999999999999999")) {
            assertThat(rig.store("shared_queue_size", bad)).as(bad).isEqualTo(Errno.EINVAL);
        }
        assertThat(rig.store("batch_size", "8")).isZero();
        assertThat(rig.store("shared_queue_size", "4")).isIn(0, Errno.EINVAL);
        assertThat(rig.store("shared_caches", "1")).isEqualTo(Errno.EIO);
        rig.assertSound();
    }

    @Test
    void slabinfoShowsSizeAndContents() {
        NumaRig rig = NumaRig.on(1, 2, 1);
        for (int i = 0; i < 30; i++) {
            rig.alloc(0, -1);
        }
        rig.freeAll(0);
        String line =
                SlabInfo.show(rig.kernel.slab(), rig.task(0))
                        .lines()
                        .filter(l -> l.startsWith("test "))
                        .findFirst()
                        .orElseThrow();
        assertThat(line).matches(".* : tunables +8 +4 +10 : slabdata .* " + rig.inShared(0) + "$");
    }

    @Test
    void aDestroyedCacheLeavesNothing() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        for (int i = 0; i < 60; i++) {
            rig.alloc(i % 4, i % 3 - 1);
        }
        rig.freeAll(1);
        rig.kernel.slab().destroy(rig.task(0), rig.s);
        rig.assertSound();
    }

    @Test
    void aBusyCacheLosesItsQueuesButItsObjectsCanBeFreed() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        long local = rig.alloc(0, 0);
        long remote = rig.alloc(0, 1);
        rig.kernel.slab().destroy(rig.task(0), rig.s);
        assertThat(rig.shared(0)).isZero();
        rig.free(0, local);
        rig.free(0, remote);
        assertThat(Census.of(rig.kernel, new long[0])).isEmpty();
    }

    @Test
    void withoutMemoryForItACacheDoesWithout() {
        Geometry g = NumaRig.geometry(2, 4, 2);
        Kernel kernel = Kernel.boot(KernelConfig.of(g).with(NumaRig.config()), Steps.mainline());
        long s = kernel.slab().create(kernel.task(0), "test", 32, 0, 0, 0);
        // More than any order of pages holds: 16 + 8 * 10000 bytes, and 8 pages are the most.
        assertThat(kernel.slubq().setSharedQueueSize(kernel.task(0), s, 10_000)).isZero();
        assertThat(kernel.console().lines())
                .anyMatch(
                        l ->
                                l.text()
                                        .contains(
                                                "Out of memory allocating shared cache for test cpu 0"));
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @Test
    void thereAreNoneUnlessAskedForNorBeforeSysfsIsUp() {
        Geometry g = NumaRig.geometry(2, 4, 2);
        NumaRig without = NumaRig.on(g, SlabConfig.defaults().withMerge(false), Steps.mainline());
        assertThat(without.show("shared_caches")).isEqualTo("0\n");
        Kernel early =
                Kernel.off(KernelConfig.of(g).with(NumaRig.config()), Steps.mainline())
                        .bootTo(Kernel.Stage.LATE);
        long s = early.slab().kmallocCache(32, 0);
        assertThat(SharedCache.count(early.slubq(), s)).isZero();
        early.bootTo(Kernel.Stage.RUNNING);
        assertThat(SharedCache.count(early.slubq(), s)).isEqualTo(2);
        assertThat(Census.of(early, new long[0])).isEmpty();
    }
}
