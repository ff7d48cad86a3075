package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.Errno;

/** Queues of objects of other nodes: where they are, what goes there, how they change. */
class AlienCacheTest {
    @ParameterizedTest
    @CsvSource({
        // nodes, page, line, queue -> shift: 120 objects and a head are 976 bytes, of which lines
        // make 1024; 4, 32 and more nodes; 4000 objects would be more than half a page.
        "1, 4096, 64, 120, 0",
        "2, 4096, 64, 120, 10",
        "4, 4096, 64, 120, 10",
        "4, 4096, 64, 8, 7",
        "4, 4096, 64, 4000, 11",
        "5, 4096, 64, 120, 8",
        "32, 4096, 64, 2, 6",
        "33, 4096, 64, 120, 6",
        "64, 4096, 128, 120, 7",
        "33, 512, 16, 8, 5"
    })
    void theShiftFollowsNodesLinesAndPages(int nodes, int page, int line, int queue, int shift) {
        Geometry g =
                new Geometry(
                        "t",
                        2,
                        nodes,
                        true,
                        page,
                        line,
                        11,
                        new ZonePages(0, 0, 8, 0, 0),
                        8,
                        512,
                        4096,
                        64);
        assertThat(AlienCache.initialShift(g, queue)).isEqualTo(shift);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void everyOtherNodeHasANumberOfItsOwnFromOneUp(int nodes) {
        for (int home = 0; home < nodes; home++) {
            Set<Integer> numbers = new HashSet<>();
            for (int node = 0; node < nodes; node++) {
                if (node != home) {
                    assertThat(AlienCache.number(home, node)).isBetween(1, nodes - 1);
                    numbers.add(AlienCache.number(home, node));
                }
            }
            assertThat(numbers).hasSize(nodes - 1);
        }
    }

    @Test
    void queuesStandBelowTheSharedOneAndTheOwnNodeHasNone() {
        NumaRig rig = NumaRig.on(4, 8, 4);
        int shift = AlienCache.shift(rig.engine, rig.s);
        assertThat(AlienCache.queue(rig.engine, rig.s, rig.area(1), 1)).isZero();
        assertThat(AlienCache.queue(rig.engine, rig.s, rig.area(1), 0))
                .isEqualTo(rig.shared(1) - (1L << shift));
        assertThat(AlienCache.queue(rig.engine, rig.s, rig.area(1), 3))
                .isEqualTo(rig.shared(1) - (3L << shift));
        assertThat(AlienCache.queue(rig.engine, rig.s, rig.area(1), 2))
                .isEqualTo(AlienCache.queue(rig.engine, rig.s, rig.area(5), 2));
    }

    @Test
    void anObjectOfAnotherNodeWaitsThereAndIsFoundThere() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        long object = rig.alloc(1, 1);
        assertThat(rig.nodeOf(object)).isEqualTo(1);
        rig.free(0, object);
        assertThat(rig.inAlien(0, 1)).isEqualTo(1);
        assertThat(rig.inAlien(2, 1)).as("the same queue").isEqualTo(1);
        rig.assertSound();
        assertThat(rig.alloc(2, 1)).isEqualTo(object);
        assertThat(rig.inAlien(0, 1)).isZero();
        rig.assertSound();
    }

    @Test
    void aFullQueueDrainsABatchOfItsColdest() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        for (int i = 0; i < 60; i++) {
            rig.alloc(1, 1);
        }
        rig.freeAll(0);
        int capacity = AlienCache.capacity(rig.engine, rig.s);
        int over = 60 - capacity;
        int batches = (over + rig.batch() - 1) / rig.batch();
        assertThat(rig.inAlien(0, 1)).isEqualTo(60 - batches * rig.batch());
        rig.assertSound();
    }

    @Test
    void aRemoteAllocationLeavesTheOwnQueueAloneAndTakesABatchFromThere() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        rig.alloc(0, -1);
        int before = rig.inQueue(0);
        assertThat(rig.nodeOf(rig.alloc(0, 1))).isEqualTo(1);
        assertThat(rig.inQueue(0)).isEqualTo(before);
        assertThat(rig.inAlien(0, 1)).isEqualTo(rig.batch());
        rig.assertSound();
    }

    @Test
    void withoutAlienQueuesObjectsGoStraightHome() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        assertThat(rig.store("alien_queue_size", "0")).isZero();
        assertThat(rig.show("alien_queue_size")).isEqualTo("0\n");
        assertThat(rig.show("alien_caches")).isNull();
        assertThat(rig.shared(0)).as("shared queues stay").isNotZero();
        long object = rig.alloc(0, 1);
        rig.free(0, object);
        rig.assertSound();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4", "6", "30", "100", "8"})
    void queuesCanBeResizedAtAnyTime(String size) {
        NumaRig rig = NumaRig.on(4, 8, 4);
        for (int i = 0; i < 80; i++) {
            rig.alloc(i % 8, i % 4);
        }
        for (long object : List.copyOf(rig.held)) {
            rig.free((int) (object >>> 5 & 7), object);
        }
        assertThat(rig.store("alien_queue_size", size)).isZero();
        assertThat(Integer.parseInt(rig.show("alien_queue_size").replaceAll(" .*\\n", "")))
                .isGreaterThanOrEqualTo(Integer.parseInt(size));
        assertThat(rig.shared(0)).isNotZero();
        rig.assertSound();
        // The same shift once more: V4 removed the queues then and made none.
        assertThat(rig.store("alien_queue_size", size)).isZero();
        assertThat(rig.shared(0)).isNotZero();
        rig.assertSound();
    }

    @Test
    void sizesHaveTheRangeOfOctober2010() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        for (String bad : List.of("1001", "-1", "x", "")) {
            assertThat(rig.store("alien_queue_size", bad)).as(bad).isEqualTo(Errno.EINVAL);
        }
        assertThat(rig.store("alien_caches", "1")).isEqualTo(Errno.EIO);
        assertThat(NumaRig.on(1, 2, 1).store("alien_queue_size", "4")).isEqualTo(Errno.ENOSYS);
        rig.assertSound();
    }

    @Test
    void sysfsShowsThemByCacheAndNode() {
        NumaRig rig = NumaRig.on(3, 3, 3);
        long one = rig.alloc(1, 1);
        long two = rig.alloc(2, 2);
        rig.free(0, one);
        rig.free(0, two);
        int max = AlienCache.capacity(rig.engine, rig.s);
        assertThat(rig.show("alien_caches"))
                .isEqualTo(
                        String.format(
                                "2 C0=2[N1=1/%1$d:N2=1/%1$d] C1=0[N0=0/%1$d:N2=0/%1$d]"
                                        + " C2=0[N0=0/%1$d:N1=0/%1$d]\n",
                                max));
        int shift = AlienCache.shift(rig.engine, rig.s);
        assertThat(rig.show("alien_queue_size")).isEqualTo(max + " " + shift + "\n");
    }

    /** Two nodes have their block from a kmalloc cache, three from whole pages. */
    @Test
    void theBlockHoldsAllQueuesOnAnyNumberOfNodes() {
        for (int nodes = 1; nodes <= 6; nodes++) {
            Geometry g =
                    Geometry.desktop(nodes * 2, nodes)
                            .withPages(new ZonePages(64, 0, 512, 0, 0))
                            .withPercpuEarlySize(64 << 10);
            NumaRig rig = NumaRig.on(g, NumaRig.config(), Steps.mainline());
            rig.assertSound();
            int needed =
                    SharedCache.bytes(120)
                            + AlienCache.bytesOfAll(
                                    rig.engine, AlienCache.shift(rig.engine, rig.s));
            long bytes = SharedCache.areaBytes(rig.engine, needed);
            assertThat(bytes).isGreaterThanOrEqualTo(needed);
            // From 3 nodes on a page or more, so that a wrong page size shows; from 5 on the queues
            // are smaller.
            assertThat(bytes)
                    .isEqualTo(List.of(1024L, 2048L, 4096L, 4096L, 2048L, 4096L).get(nodes - 1));
        }
    }

    @Test
    void theCensusSeesAQueueThatHasMoreRoomThanMemory() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        KmemCacheQueue.init(rig.kernel.memory(), rig.shared(0), 500);
        assertThat(Census.of(rig.kernel, new long[0]))
                .anyMatch(w -> w.contains("more than its memory"));
    }

    @Test
    void theCensusSeesAnObjectOfTheWrongNodeAndALeftPointer() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        long object = rig.alloc(0, 0);
        KmemCacheQueue.put(
                rig.kernel.memory(),
                AlienCache.queue(rig.engine, rig.s, rig.area(0), 1),
                object,
                true);
        assertThat(Census.of(rig.kernel, new long[0])).anyMatch(w -> w.contains("of node 0"));
        NumaRig other = NumaRig.on(2, 4, 2);
        long l = other.shared(3);
        assertThat(other.store("shared_queue_size", "0")).isZero();
        other.kernel.memory().write(other.engine.queueOf(other.area(3)) + KmemCacheQueue.SHARED, l);
        assertThat(Census.of(other.kernel, new long[0]))
                .anyMatch(w -> w.contains("nr_shared is 0 but CPUs lead to 1"));
    }
}
