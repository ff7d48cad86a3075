package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.Resize;

/**
 * What the queues of a {@link Pair}'s cache must be in the end: as the last store left them, which is
 * as one of the two tasks asked, or as the prefix did where none of them changes a size. That the
 * queues are of these sizes, on every CPU and for every node, is for the census to see.
 */
final class PairTunables {
    private final PairOp[] ops;
    private final Memory m;
    private final Kernel kernel;
    private final long s;
    private final List<String> wrong = new ArrayList<>();

    private PairTunables(PairOp[] ops, Kernel kernel, long s) {
        this.ops = ops;
        this.kernel = kernel;
        this.m = kernel.memory();
        this.s = s;
    }

    /**
     * What is another size than anybody asked for.
     *
     * @param before the queue size that the prefix left
     * @param shared whether the cache has shared queues, which one that is being destroyed has not
     */
    static List<String> wrong(PairOp[] ops, Kernel kernel, long s, int before, boolean shared) {
        PairTunables tunables = new PairTunables(ops, kernel, s);
        tunables.judge(before, shared);
        return tunables.wrong;
    }

    private void judge(int before, boolean shared) {
        int queue = m.peekInt(s + KmemCache.QUEUE);
        among("queue", queue, asked(PairOp.RESIZE, Pair::queueSize, before));
        among("batch", m.peekInt(s + KmemCache.BATCH), Set.of(Resize.batchFor(queue)));
        among(
                "alien_shift",
                m.peekInt(s + KmemCache.ALIEN_SHIFT),
                asked(
                        PairOp.ALIEN_RESIZE,
                        task -> AlienCache.shiftFor(kernel.geometry(), Pair.alienSize(task)),
                        AlienCache.shiftFor(kernel.geometry(), Pair.ALIEN_FULL)));
        among(
                "shared_queue_sysfs",
                m.peekInt(s + KmemCache.SHARED_QUEUE_SYSFS),
                Set.of(SharedScenario.SHARED));
        among("nr_shared", m.peekInt(s + KmemCache.NR_SHARED), Set.of(shared ? nodes() : 0));
    }

    /** A last-level cache a node, and CPUs on each. */
    private int nodes() {
        return kernel.geometry().nodes();
    }

    /** What a task asks for. */
    @FunctionalInterface
    private interface Asked {
        int by(int task);
    }

    private Set<Integer> asked(PairOp op, Asked asked, int otherwise) {
        Set<Integer> sizes = new LinkedHashSet<>();
        for (int task = 0; task < ops.length; task++) {
            if (ops[task] == op) {
                sizes.add(asked.by(task));
            }
        }
        return sizes.isEmpty() ? Set.of(otherwise) : sizes;
    }

    private void among(String what, int have, Set<Integer> sizes) {
        if (!sizes.contains(have)) {
            wrong.add(what + " is " + have + ", and what was asked for last is one of " + sizes);
        }
    }
}
