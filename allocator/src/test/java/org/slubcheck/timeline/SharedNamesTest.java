package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.SharedCache;
import org.slubcheck.slubq.Slubq;

/** Words of shared and alien queues have the names of their queues. */
class SharedNamesTest {
    private final Kernel kernel = boot(2, 4, 2);

    private static Kernel boot(int nodes, int cpus, int groups) {
        Geometry g =
                Geometry.numa(nodes)
                        .withCpus(cpus)
                        .withCacheGroups(groups)
                        .withPages(new ZonePages(16, 0, 240, 0, 0));
        SlabConfig slab = SlabConfig.defaults().withMerge(false).withSharedQueues(true);
        return Kernel.boot(KernelConfig.of(g).with(slab));
    }

    private static long victim(Kernel k) {
        return k.slab().create(k.task(0), "victim", 40, 0, 0, 0);
    }

    private static long area(Kernel k, long s, int cpu) {
        return k.percpu().perCpuPtr(KmemCache.cpu(k.memory(), s), cpu);
    }

    private static long shared(Kernel k, long s, int cpu) {
        return SharedCache.of(k.slubq(), area(k, s, cpu));
    }

    private static long alien(Kernel k, long s, int cpu, int node) {
        return AlienCache.queue(k.slubq(), s, area(k, s, cpu), node);
    }

    @Test
    void theWordsOfASharedQueue() {
        long s = victim(kernel);
        Symbolizer names = new Symbolizer(kernel);
        for (int cpu = 0; cpu < 4; cpu++) {
            long l = shared(kernel, s, cpu);
            String queue = "victim shared(node " + cpu % 2 + ", group " + cpu % 2 + ")";
            assertThat(names.name(l)).isEqualTo(queue + " objects");
            assertThat(names.name(l + KmemCacheQueue.MAX)).isEqualTo(queue + " max");
            assertThat(names.name(l + KmemCacheQueue.LOCK)).isEqualTo(queue + " lock");
            assertThat(names.name(KmemCacheQueue.slot(l, 2))).isEqualTo(queue + " object[2]");
            int max = KmemCacheQueue.max(kernel.memory(), l);
            assertThat(names.name(KmemCacheQueue.slot(l, max - 1))).startsWith(queue);
            assertThat(names.name(KmemCacheQueue.slot(l, max))).doesNotContain(queue);
            assertThat(names.value(l)).isEqualTo("&" + queue);
        }
    }

    @Test
    void theWordsOfAnAlienQueue() {
        long s = victim(kernel);
        Symbolizer names = new Symbolizer(kernel);
        long a = alien(kernel, s, 0, 1);
        assertThat(names.name(a)).isEqualTo("victim alien(0->1) objects");
        assertThat(names.name(a + KmemCacheQueue.LOCK)).isEqualTo("victim alien(0->1) lock");
        assertThat(names.name(KmemCacheQueue.slot(a, 2))).isEqualTo("victim alien(0->1) object[2]");
        assertThat(names.name(alien(kernel, s, 3, 0))).isEqualTo("victim alien(1->0) objects");
        assertThat(names.name(a - Memory.WORD)).doesNotContain("alien");
    }

    /** The nearest queue is not that of the nearest node, and each has the name of its node. */
    @Test
    void everyQueueOfFourNodesWithTwoGroupsEach() {
        Kernel k = boot(4, 8, 8);
        long s = victim(k);
        Symbolizer names = new Symbolizer(k);
        for (int cpu = 0; cpu < 8; cpu++) {
            for (int node = 0; node < 4; node++) {
                if (node != cpu % 4) {
                    long a = alien(k, s, cpu, node);
                    String queue =
                            "victim alien(" + cpu % 4 + "->" + node + ", group " + cpu + ") ";
                    assertThat(names.name(a)).isEqualTo(queue + "objects");
                    long end = a + (1L << AlienCache.shift(k.slubq(), s));
                    assertThat(names.name(end - Memory.WORD)).startsWith(queue);
                    assertThat(names.name(end)).doesNotStartWith(queue);
                }
            }
        }
    }

    @Test
    void aQueueThatIsGoneIsRemembered() {
        long s = victim(kernel);
        Symbolizer names = new Symbolizer(kernel);
        long l = shared(kernel, s, 0);
        long a = alien(kernel, s, 0, 1);
        Slubq engine = kernel.slubq();
        Task task = kernel.task(0);
        assertThat(engine.setSharedQueueSize(task, s, 0)).isZero();
        assertThat(names.name(l)).isEqualTo("victim shared(node 0, group 0) (old queue) objects");
        assertThat(names.name(a)).isEqualTo("victim alien(0->1) (old queue) objects");
        assertThat(new Symbolizer(kernel).name(l)).doesNotContain("shared(");
        assertThat(SlabAttributes.store(kernel.slab(), task, s, "shared_queue_size", "20"))
                .isZero();
        names.rememberShared("victim cpu#0 q.shared");
        long fresh = shared(kernel, s, 0);
        assertThat(names.name(fresh)).isEqualTo("victim shared(node 0, group 0) objects");
        assertThat(engine.setSharedQueueSize(task, s, 0)).isZero();
        assertThat(names.name(fresh)).contains("(old queue)");
    }

    /** What no CPU points to is kmalloc's. */
    @Test
    void withoutSharedQueuesThereAreNone() {
        long s = victim(kernel);
        long l = shared(kernel, s, 0);
        assertThat(kernel.slubq().setSharedQueueSize(kernel.task(0), s, 0)).isZero();
        assertThat(new Symbolizer(kernel).name(l)).startsWith("kmalloc-");
    }
}
