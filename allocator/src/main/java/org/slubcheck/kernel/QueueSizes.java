package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.KmemCacheQueue;

/**
 * Whether the queues of a cache are as large as the tunables say, which is as the last resize left
 * them: on every CPU, in every cache group, for every node.
 *
 * <p>A block or an area is rounded up, and its queue may be larger than what was asked for, never
 * smaller; but all queues of a kind are alike, and their size is written down in the cache. Nothing is
 * shared where nothing was asked for. Where something was, either all CPUs of a node and cache group
 * have the queue or, when there was no memory for it, none.
 */
@Observer
final class QueueSizes {
    private final Kernel kernel;
    private final Memory m;
    private final long s;
    private final List<String> wrong = new ArrayList<>();
    private final int shift;
    private final int wanted;
    private final int shared;

    private QueueSizes(Kernel kernel, long s) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.s = s;
        this.shift = m.peekInt(s + KmemCache.ALIEN_SHIFT);
        this.wanted = m.peekInt(s + KmemCache.SHARED_QUEUE_SYSFS);
        this.shared = m.peekInt(s + KmemCache.SHARED_QUEUE);
    }

    /** What is not as it was asked for, without the cache's name; nothing on a sound kernel at rest. */
    static List<String> wrong(Kernel kernel, long s) {
        QueueSizes sizes = new QueueSizes(kernel, s);
        sizes.judgeCpus();
        sizes.judgeShared();
        return sizes.wrong;
    }

    private void judgeCpus() {
        int asked = m.peekInt(s + KmemCache.QUEUE);
        int have = m.peekInt(s + KmemCache.CPU_QUEUE);
        if (have < asked) {
            say("cpu_queue is %d, less than the queue of %d that was asked for", have, asked);
        }
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            int max = KmemCacheQueue.peekMax(m, kernel.slubq().queueOf(area(cpu)));
            if (max != have) {
                say("cpu#%d has a queue of %d, but cpu_queue is %d", cpu, max, have);
            }
        }
    }

    private void judgeShared() {
        Geometry g = kernel.geometry();
        boolean any = false;
        for (int cpu = 0; cpu < g.cpus(); cpu++) {
            long l = sharedOf(cpu);
            any |= l != 0;
            for (int other = 0; other < cpu; other++) {
                if (g.groupOfCpu(other) == g.groupOfCpu(cpu)
                        && node(other) == node(cpu)
                        && sharedOf(other) != l) {
                    say("cpu#%d and cpu#%d share a cache but no queue", other, cpu);
                }
            }
            if (l != 0) {
                judgeQueues(cpu, l);
            }
        }
        if (any ? shared < wanted || wanted == 0 : shared != 0) {
            say(
                    "shared_queue is %d where %d was asked for and CPUs have %s",
                    shared, wanted, any ? "queues" : "none");
        }
    }

    private void judgeQueues(int cpu, long l) {
        int max = KmemCacheQueue.peekMax(m, l);
        if (max != shared) {
            say("the shared queue of cpu#%d is one of %d, not of %d", cpu, max, shared);
        }
        for (int node = 0; shift != 0 && node < kernel.geometry().nodes(); node++) {
            if (node != node(cpu)) {
                long a = l - ((long) AlienCache.number(node(cpu), node) << shift);
                int room = (int) ((1L << shift) - KmemCacheQueue.OBJECT >>> 3);
                if (KmemCacheQueue.peekMax(m, a) != room) {
                    say(
                            "the alien queue of cpu#%d for node %d is one of %d, not of %d",
                            cpu, node, KmemCacheQueue.peekMax(m, a), room);
                }
            }
        }
    }

    private long sharedOf(int cpu) {
        return m.peek(kernel.slubq().queueOf(area(cpu)) + KmemCacheQueue.SHARED);
    }

    private int node(int cpu) {
        return kernel.slubq().peekNode(area(cpu));
    }

    private long area(int cpu) {
        return kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), cpu);
    }

    private void say(String what, Object... about) {
        wrong.add(String.format(what, about));
    }
}
