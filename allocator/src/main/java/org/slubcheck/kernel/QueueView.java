package org.slubcheck.kernel;

import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.KmemCacheQueue;

/** What an observer sees of a CPU's queue. */
record QueueView(int objects, int max, int node, List<Long> contents) {

    static QueueView of(Kernel kernel, long s, int cpu) {
        Memory m = kernel.memory();
        long area = kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), cpu);
        long q = kernel.slubq().queueOf(area);
        return new QueueView(
                KmemCacheQueue.peekObjects(m, q),
                KmemCacheQueue.peekMax(m, q),
                kernel.slubq().peekNode(area),
                kernel.slubq().peekQueue(s, cpu));
    }

    /** True when the count is no count of a queue of this size. */
    boolean overrun() {
        return objects < 0 || objects > max;
    }
}
