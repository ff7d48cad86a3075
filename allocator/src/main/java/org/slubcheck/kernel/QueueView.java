package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.KmemCacheQueue;

/**
 * What an observer sees of a CPU's queue.
 *
 * @param contents the objects, coldest first; never more than a per-CPU unit can hold, whatever the
 *     counts say
 */
record QueueView(int objects, int max, int node, List<Long> contents) {

    static QueueView of(Kernel kernel, long s, int cpu) {
        Memory m = kernel.memory();
        long area = kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), cpu);
        long q = kernel.slubq().queueOf(area);
        int objects = KmemCacheQueue.peekObjects(m, q);
        int max = KmemCacheQueue.peekMax(m, q);
        int room = kernel.percpu().unitSize() / Memory.WORD;
        List<Long> contents = new ArrayList<>();
        for (int i = 0; i < Math.min(objects, Math.min(max, room)); i++) {
            long slot = KmemCacheQueue.slot(q, i);
            if (slot <= m.size() - Memory.WORD) {
                contents.add(m.peek(slot));
            }
        }
        return new QueueView(objects, max, kernel.slubq().peekNode(area), contents);
    }

    /** True when the count is no count of a queue of this size. */
    boolean overrun() {
        return objects < 0 || objects > max;
    }
}
