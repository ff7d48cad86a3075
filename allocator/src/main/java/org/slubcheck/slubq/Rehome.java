package org.slubcheck.slubq;

import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * What becomes of queues when memory of a node comes or goes: every queue is of one node, that which
 * its CPU is next to. The series sets the node once, when it makes an area; then the CPUs of a node that
 * was brought up later would never cache an object of it, and those of one that is gone none at all.
 */
final class Rehome {
    private Rehome() {}

    /** Moves the areas of a cache to the nodes of today. slub_lock is held for write, irqs are on. */
    static void cache(Slubq k, Task t, long s) {
        if (!moves(k, s)) {
            return;
        }
        // Who shares a queue, and which alien queues are below it, follows from the node.
        SharedCache.remove(k, t, s);
        k.machine.onEachPossibleCpu(
                t,
                irq -> {
                    long c = k.percpu.thisCpuPtr(irq, KmemCache.cpu(k.m, s));
                    int node = k.slab.memNodeOfCpu(irq.cpu());
                    if (k.areaNode(c) != node) {
                        k.flushArea(irq, s, c);
                        k.setAreaNode(c, node);
                    }
                });
        SharedCache.alloc(k, t, s);
    }

    private static boolean moves(Slubq k, long s) {
        long area = KmemCache.cpu(k.m, s);
        boolean moves = false;
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            moves |= k.areaNode(k.percpu.perCpuPtr(area, cpu)) != k.slab.memNodeOfCpu(cpu);
        }
        return moves;
    }
}
