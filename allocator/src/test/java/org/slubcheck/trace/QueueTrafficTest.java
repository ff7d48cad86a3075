package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;

/** What the queues were good for is counted, and a replay with shared queues keeps its books. */
class QueueTrafficTest {
    private static final Path TRACES = Path.of(System.getProperty("basedir", "."), "..", "traces");

    private static Kernel boot(boolean stats) {
        KernelConfig config = KernelConfig.of(Geometry.desktop(4, 2));
        return Kernel.boot(config.with(config.slab().withSharedQueues(true).withStats(stats)));
    }

    private static List<Long> alloc(Kernel k, int cpu, int count) {
        Slab slab = k.slab();
        long s = slab.kmallocCache(64, Gfp.KERNEL);
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            objects.add(slab.alloc(k.task(cpu), s, Gfp.KERNEL));
        }
        return objects;
    }

    @Test
    void everyCallIsCountedOnce() {
        Kernel k = boot(true);
        QueueTraffic before = QueueTraffic.of(k);
        List<Long> objects = alloc(k, 0, 300);
        objects.subList(0, 100).forEach(o -> k.slab().kfree(k.task(1), o));
        objects.subList(100, 300).forEach(o -> k.slab().kfree(k.task(2), o));
        QueueTraffic now = QueueTraffic.of(k);

        assertThat(now.freeAlien() - before.freeAlien()).isEqualTo(100);
        assertThat(frees(now) - frees(before)).isEqualTo(300);
        long allocs =
                now.allocFastpath()
                        + now.allocShared()
                        + now.allocSlowpath()
                        - before.allocFastpath()
                        - before.allocShared()
                        - before.allocSlowpath();
        assertThat(allocs).isEqualTo(300);
        assertThat(now.freeShared()).as("overflows of 200 frees").isPositive();
        assertThat(now.allocHitRate()).isBetween(0.9, 1.0);
        assertThat(now.lines())
                .hasSize(3)
                .allMatch(line -> line.matches("(queues|shared|remote).*"));
    }

    private static long frees(QueueTraffic q) {
        return q.freeFastpath() + q.freeShared() + q.freeSlowpath() + q.freeAlien();
    }

    @Test
    void aKernelWithoutStatisticsHasCountedNothing() {
        Kernel k = boot(false);
        alloc(k, 0, 10);
        QueueTraffic none = new QueueTraffic(0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(QueueTraffic.of(k)).isEqualTo(none);
        assertThat(none.allocHitRate()).isZero();
    }

    /** What lies in shared and alien queues is nobody's, or the counts would not match the trace's. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReplayWithSharedQueuesIsClean(boolean parallel) throws Exception {
        long[] remote = new long[2];
        for (int spread = 0; spread < 2; spread++) {
            Kernel k = boot(true);
            ReplayResult result =
                    new Replay(new KernelTarget(k), parallel, 40_000, events -> {})
                            .spread(spread == 1)
                            .run(TRACES.resolve("network.trace.gz"));
            assertThat(result.messages()).isEmpty();
            remote[spread] = QueueTraffic.of(k).freeAlien();
        }
        assertThat(remote[0]).isPositive();
        assertThat(remote[1]).as("with spread CPUs").isGreaterThan(remote[0]);
    }
}
