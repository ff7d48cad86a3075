package org.slubcheck.scenarios;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/**
 * Objects of a cache on their way to the places that a prefix wants them in. Node and CPU 0, node and
 * CPU 1 belong together; CPU 2 is of node 0. Every call says exactly what there is afterwards, or
 * the prefix fails.
 */
final class PairStock {
    private static final int NODES = 2;

    private final Kernel kernel;
    private final long s;
    private final List<Deque<Long>> objects = new ArrayList<>();

    PairStock(Kernel kernel, long s) {
        this.kernel = kernel;
        this.s = s;
        for (int node = 0; node < NODES; node++) {
            objects.add(new ArrayDeque<>());
        }
    }

    /** Objects that the queue of a CPU holds. */
    int capacity() {
        return kernel.memory().peekInt(s + KmemCache.CPU_QUEUE);
    }

    /** Allocates so many of each node; what came with them goes back to the slabs. */
    void take(int count) {
        for (int i = 0; i < count; i++) {
            for (int node = 0; node < NODES; node++) {
                alloc(node);
            }
        }
        kernel.slubq().flushAll(kernel.task(0), s);
    }

    /** Frees all but so many of a node; they go to the slabs. */
    void keep(int node, int count) {
        while (objects.get(node).size() > count) {
            free(node, node);
        }
        kernel.slubq().flushAll(kernel.task(0), s);
    }

    /** Brings so many objects into the shared queue of a CPU, whose own queue is in use for it. */
    void fillShared(int cpu, int count) {
        long before = kernel.slubq().sharedObjects(s);
        fill(cpu, have -> kernel.slubq().sharedObjects(s) - before >= count);
        expect(kernel.slubq().sharedObjects(s) - before, count, "shared objects");
    }

    /** Brings so many objects into the alien queue of a CPU. */
    void fillAlien(int cpu, int count) {
        for (int i = 0; i < count; i++) {
            free(cpu, 1 - cpu % NODES);
        }
    }

    /** Leaves so many objects in the queue of a CPU. */
    void fillQueue(int cpu, int count) {
        while (kernel.slubq().queued(s, cpu) > count) {
            alloc(cpu);
        }
        fill(cpu, have -> have == count);
    }

    private void fill(int cpu, IntPredicate enough) {
        while (!enough.test(kernel.slubq().queued(s, cpu))) {
            free(cpu, cpu % NODES);
        }
    }

    /** An object of a node that nobody else gets. */
    long pop(int node) {
        return objects.get(node).pop();
    }

    /** Puts all that is left into the hand of task 0. */
    void giveRest(Hands hands) {
        for (int node = 0; node < NODES; node++) {
            while (!objects.get(node).isEmpty()) {
                hands.hold(0, pop(node));
            }
        }
    }

    /** Leaves all that is left in the queues, which have room. */
    void queueRest() {
        for (int node = 0; node < NODES; node++) {
            while (!objects.get(node).isEmpty()) {
                free(node, node);
            }
        }
    }

    private void alloc(int cpu) {
        long object = kernel.slab().alloc(kernel.task(cpu), s, Gfp.KERNEL);
        int node = kernel.pages().nodeOf(kernel.pages().pageOf(object));
        expect(node, cpu % NODES, "the node of an object");
        objects.get(node).push(object);
    }

    private void free(int cpu, int node) {
        Task task = kernel.task(cpu);
        kernel.slab().free(task, s, pop(node));
    }

    static void expect(long have, long want, String what) {
        if (have != want) {
            throw new IllegalStateException(
                    "the prefix wants " + what + ": " + want + ", not " + have);
        }
    }
}
