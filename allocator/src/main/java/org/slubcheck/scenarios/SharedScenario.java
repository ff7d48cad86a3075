package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;

/**
 * A scenario around one cache with a shared queue and, on two nodes, alien queues; nothing else has
 * such, so that boot and everybody else stay as simple as they were. Queues hold a handful of
 * objects: a full or an empty one is never far.
 */
abstract class SharedScenario extends CacheScenario {
    /** What a shared queue is asked to hold; its block is one of kmalloc-64. */
    static final int SHARED = 4;

    /** What an alien queue is asked to hold; it holds two. */
    static final int ALIEN = 2;

    /** CPU 0 on node 0, CPU 1 on node 1. */
    static final KernelConfig TWO_NODES = numa(2);

    /** CPUs 0 and 2 on node 0, which share their queues; CPU 1 on node 1. */
    static final KernelConfig TWO_ON_A_NODE = numa(3);

    SharedScenario(String id, String about, String... tasks) {
        super(id, about, tasks);
    }

    static KernelConfig numa(int cpus) {
        Geometry.ZonePages pages = new Geometry.ZonePages(0, 0, 26, 0, 0);
        Geometry geometry =
                new Geometry("micro-numa", cpus, 2, true, 256, 16, 2, pages, 32, 128, 512, 24);
        return CacheScenario.CONFIG.with(geometry);
    }

    /** A cache that is not merged, with a shared queue and, on several nodes, alien queues. */
    static long sharedCache(Kernel kernel, String name) {
        long s = cache(kernel, name);
        require(kernel.slubq().setSharedQueueSize(kernel.task(0), s, SHARED));
        int error = kernel.slubq().setAlienQueueSize(kernel.task(0), s, ALIEN);
        require(error == Errno.ENOSYS && !kernel.geometry().numa() ? 0 : error);
        return s;
    }

    /** What a prefix or a body relies on. */
    static void require(int error) {
        if (error != 0) {
            throw new IllegalStateException("the call failed with " + error);
        }
    }

    /** What a body relies on. */
    static void requireThat(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Allocates an object of a node into a task's hand; the prefix relies on getting it. */
    static void grabOf(Kernel kernel, Hands hands, int task, int cpu, long s, int node) {
        Slab slab = kernel.slab();
        long object = slab.allocNode(kernel.task(cpu), s, Gfp.KERNEL | Gfp.THISNODE, node);
        if (object == 0) {
            throw new IllegalStateException("the prefix cannot allocate of node " + node);
        }
        hands.hold(task, object);
    }

    /** Frees what a task's hand got last, on a CPU. */
    static void giveBack(Kernel kernel, Hands hands, int task, int cpu, long s) {
        kernel.slab().free(kernel.task(cpu), s, hands.drop(task));
    }

    /**
     * Brings a batch of objects into the shared queue of CPU 0, leaves that CPU's own queue empty,
     * and what else it took in the hand of task 0.
     */
    static void fillShared(Kernel kernel, Hands hands, long s) {
        // One more than fits the queue, so that freeing them moves a batch to the shared queue.
        int objects = kernel.memory().peekInt(s + KmemCache.CPU_QUEUE) + 1;
        for (int i = 0; i < objects; i++) {
            grab(kernel, hands, 0, 0, s);
        }
        for (int i = 0; i < objects; i++) {
            giveBack(kernel, hands, 0, 0, s);
        }
        while (kernel.slubq().queued(s, 0) > 0) {
            grab(kernel, hands, 0, 0, s);
        }
    }

    /** Allocates an object of a node into the task's hand; may sleep. */
    static void takeOf(Task self, int task, Trial trial, long s, int node) {
        int gfp = Gfp.KERNEL | Gfp.THISNODE;
        trial.hands().hold(task, trial.kernel().slab().allocNode(self, s, gfp, node));
    }
}
