package org.slubcheck.scenarios;

import static org.slubcheck.scenarios.PairOp.ALIEN_RESIZE;
import static org.slubcheck.scenarios.PairOp.ALLOC;
import static org.slubcheck.scenarios.PairOp.CPU_DOWN;
import static org.slubcheck.scenarios.PairOp.DESTROY;
import static org.slubcheck.scenarios.PairOp.EXPIRE;
import static org.slubcheck.scenarios.PairOp.FREE;
import static org.slubcheck.scenarios.PairOp.REMOTE_FREE;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * Two operations on one cache at the same time, of all that can be done to one. The cache has
 * shared and alien queues, and objects in every place that one of the two will look at.
 *
 * <p>Where the tasks run. Two CPUs of node 0 share a queue and the alien queue for node 1. Who frees
 * an object of node 1 meets who allocates or frees on node 1 in the slabs of that node; so then the
 * second task runs there. The CPU that goes down is of node 1; nobody runs there.
 *
 * <p>Who destroys. A cache whose objects are in use is not destroyed but kept, so that they can be
 * freed: a user of the cache who holds on to one object goes on while somebody else tries to destroy
 * it. Two who destroy have a reference each. Everybody else goes by the cache's sysfs files, which
 * keep it while they are open, or by slab_caches.
 *
 * <p>Each run must show that both did their work ({@link #judge}), and the runs of an exploration
 * that there were some in which they did it at the same time ({@link #evidence}).
 */
public final class Pair extends SharedScenario {
    /** What an alien queue holds that is asked for so much. */
    static final int ALIEN_FULL = 6;

    /** What the prefix takes of each node: two slabs, and the third but for an object. */
    private static final int STOCK = 23;

    /** What a shared queue holds beside such alien queues. */
    private static final int SHARED_FULL = 6;

    /** What goes at once between a queue of a CPU and a shared one. */
    private static final int BATCH = 2;

    private static final String BOTH = "both at once";
    private static final String EXPIRED = "objects expired";
    private static final String STORED = "stored before the cache went";
    private static final String TOO_LATE = "found no file";
    private static final String UNREAD = "file gone before it was read";
    private static final String NOTHING = "expired nothing";

    /** What destroying a cache in use is answered by. */
    private static final Pattern REMAINING =
            Pattern.compile(
                    "^(BUG victim: Objects remaining|SLUB victim: kmem_cache_destroy called)");

    /** CPUs 0 and 2 on node 0, CPU 1 on node 1. */
    private static final KernelConfig THREE = machine(3);

    /** The same and CPU 3 on node 1, for two that go down. */
    private static final KernelConfig FOUR = machine(4);

    /** With merging, for a cache with two references. */
    private static final KernelConfig MERGING = THREE.with(THREE.slab().withMerge(true));

    /** A size that no other cache has, so that the cache is merged with its like alone. */
    private static final int ODD_SIZE = 40;

    /** The cache that both work on. */
    static final String CACHE = "victim";

    private final PairOp[] ops;

    private Pair(PairOp one, PairOp other) {
        super(
                "pair-" + one.label() + "-" + other.label(),
                one == other
                        ? "Two CPUs do the same to one cache: " + one.label() + "."
                        : "Two CPUs work on one cache: " + one.label() + ", " + other.label() + ".",
                one.call(),
                other.call());
        ops = new PairOp[] {one, other};
    }

    /** As {@link #TWO_NODES}; the first per-CPU chunk has room for larger queues. */
    private static KernelConfig machine(int cpus) {
        KernelConfig config = numa(cpus);
        return config.with(config.geometry().withPercpuEarlySize(1024));
    }

    /** Every pair once, an operation with itself among them. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (PairOp one : PairOp.values()) {
            for (PairOp other : PairOp.values()) {
                if (one.compareTo(other) <= 0) {
                    all.add(new Pair(one, other));
                }
            }
        }
        return List.copyOf(all);
    }

    /** What a task asks the queues of CPUs to be. */
    static int queueSize(int task) {
        return task == 0 ? LARGE_QUEUE : LARGE_QUEUE + SMALL_QUEUE;
    }

    /** What a task asks the alien queues to be. */
    static int alienSize(int task) {
        return task == 0 ? ALIEN : 0;
    }

    /** The CPU that a task takes down. */
    static int dyingCpu(int task) {
        return task == 0 ? 3 : 1;
    }

    private boolean has(PairOp op) {
        return ops[0] == op || ops[1] == op;
    }

    private boolean twice(PairOp op) {
        return ops[0] == op && ops[1] == op;
    }

    /** Who uses the cache, or nobody; of two the first. */
    private boolean used() {
        return ops[0].uses() || ops[1].uses();
    }

    /** True when one frees objects of node 1, and the other needs that node's slabs. */
    private boolean onTwoNodes() {
        return has(REMOTE_FREE) && (has(ALLOC) || has(FREE));
    }

    @Override
    public KernelConfig config() {
        return twice(DESTROY) ? MERGING : twice(CPU_DOWN) ? FOUR : THREE;
    }

    @Override
    public int cpuOf(int task) {
        return onTwoNodes() ? (ops[task] == REMOTE_FREE ? 0 : 1) : 2 * task;
    }

    // ---- what was before

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = make(kernel);
        PairStock stock = new PairStock(kernel, s);
        stock.take(STOCK);
        int shared = sharedLevel(0);
        int sharedThere = sharedLevel(1);
        int alien = alienLevel();
        int alienThere = alienLevelThere();
        if (dies()) {
            // All of it must be in queues and slabs in the end.
            stock.keep(0, stock.capacity() + shared + alienThere);
            stock.keep(1, stock.capacity() + sharedThere + alien);
        }
        stock.fillShared(0, shared);
        stock.fillQueue(0, 0);
        stock.fillShared(1, sharedThere);
        stock.fillQueue(1, 0);
        stock.fillAlien(0, alien);
        stock.fillAlien(1, alienThere);
        if (dies()) {
            stock.queueRest();
        } else {
            fillQueues(stock);
        }
        if (has(EXPIRE)) {
            // Whatever was used so far is passed over this time.
            PairStock.expect(kernel.slubq().expire(kernel.task(0), s, -1), 0, "expired bytes");
        }
        holdObjects(stock, hands);
        return new long[] {s, kernel.memory().peekInt(s + KmemCache.QUEUE)};
    }

    private long make(Kernel kernel) {
        long s;
        if (twice(DESTROY)) {
            s = create(kernel, kernel.slab().literal(CACHE), ODD_SIZE, 0);
            long alias = create(kernel, kernel.slab().literal("alias"), ODD_SIZE, 0);
            requireThat(alias == s, "the second cache is not merged with the first");
        } else {
            s = cache(kernel, CACHE);
        }
        require(kernel.slubq().setAlienQueueSize(kernel.task(0), s, ALIEN_FULL));
        require(kernel.slubq().setSharedQueueSize(kernel.task(0), s, SharedScenario.SHARED));
        return s;
    }

    /** True when the cache is to be gone in the end, so that nobody may hold an object. */
    boolean dies() {
        return has(DESTROY) && !used();
    }

    /** Objects in the shared queue of a node. */
    private int sharedLevel(int node) {
        int home = onTwoNodes() ? 1 : 0;
        if (node != home) {
            return node == 1 && has(CPU_DOWN) ? BATCH : 0;
        }
        if (onTwoNodes()) {
            return has(FREE) ? SHARED_FULL : 0;
        }
        if (has(FREE) && has(CPU_DOWN)) {
            return SHARED_FULL;
        }
        return twice(FREE) ? SHARED_FULL - BATCH : BATCH;
    }

    /** Objects of node 1 in the alien queue of node 0. */
    private int alienLevel() {
        if (has(REMOTE_FREE)) {
            return twice(REMOTE_FREE) ? ALIEN_FULL - 1 : ALIEN_FULL;
        }
        if (has(EXPIRE)) {
            return has(ALIEN_RESIZE) || twice(EXPIRE) ? BATCH : 0;
        }
        return 1;
    }

    /** Objects of node 0 in the alien queue of node 1. */
    private int alienLevelThere() {
        return has(CPU_DOWN) ? BATCH : has(EXPIRE) ? 0 : 1;
    }

    private void fillQueues(PairStock stock) {
        for (int cpu = 0; cpu < config().geometry().cpus(); cpu++) {
            int level = 1;
            for (int task = 0; task < ops.length; task++) {
                if (cpuOf(task) == cpu) {
                    level = ops[task] == ALLOC ? 0 : ops[task] == FREE ? stock.capacity() : 1;
                }
            }
            stock.fillQueue(cpu, level);
        }
    }

    private void holdObjects(PairStock stock, Hands hands) {
        long[] own = new long[ops.length];
        for (int task = 0; task < ops.length; task++) {
            if (ops[task].frees()) {
                own[task] = stock.pop(ops[task] == FREE ? cpuOf(task) % 2 : 1);
            }
        }
        if (!dies()) {
            stock.giveRest(hands);
        }
        for (int task = 0; task < ops.length; task++) {
            // What a task frees is what it got last.
            hands.hold(task, own[task]);
        }
    }

    // ---- what happens

    @Override
    public void body(int task, Task self, Trial trial) {
        ops[task].run(this, task, self, trial);
    }

    // ---- what must be

    @Override
    public List<String> judge(Trial trial) {
        List<String> wrong = new ArrayList<>();
        long s = trial.setup(0);
        if (has(DESTROY)) {
            List<Long> where = used() ? trial.kernel().slab().leakedCaches() : List.of(s);
            if (trial.kernel().slab().caches().contains(s) || !where.contains(s)) {
                wrong.add("kmem_cache_destroy did neither destroy the cache nor find it busy");
            }
        }
        if (!dies()) {
            wrong.addAll(
                    PairTunables.wrong(
                            ops, trial.kernel(), s, (int) trial.setup(1), !has(DESTROY)));
        }
        for (int task = 0; task < ops.length; task++) {
            if (ops[task] == ALLOC && trial.noted(task) != PairOp.ALLOCATIONS) {
                wrong.add("an object was handed out that is not of the CPU's node");
            } else if (ops[task] == CPU_DOWN) {
                wrong.addAll(leftBehind(trial, dyingCpu(task)));
            }
        }
        return wrong;
    }

    /** What a CPU that is gone has left in its queues. */
    private static List<String> leftBehind(Trial trial, int cpu) {
        List<String> wrong = new ArrayList<>();
        for (long s : trial.kernel().slab().caches()) {
            int objects = trial.kernel().slubq().peekQueue(s, cpu).size();
            if (objects != 0) {
                wrong.add(objects + " objects are lost in the queue of CPU#" + cpu);
            }
        }
        return wrong;
    }

    @Override
    public boolean expects(Trial trial, String report) {
        return has(DESTROY) && used() && REMAINING.matcher(report).find();
    }

    @Override
    public List<String> evidence(Trial trial) {
        List<String> seen = new ArrayList<>();
        if (trial.overlapped()) {
            seen.add(BOTH);
        }
        boolean expired = true;
        for (int task = 0; task < ops.length; task++) {
            expired &= ops[task] != EXPIRE || trial.noted(task) > 0;
        }
        if (expired && has(EXPIRE)) {
            seen.add(EXPIRED);
        }
        for (int task = 0; task < ops.length; task++) {
            if (ops[task].stores() && dies()) {
                seen.add(trial.noted(task) == PairOp.NO_FILE ? TOO_LATE : STORED);
                if (trial.noted(task) == PairOp.UNREAD) {
                    seen.add(UNREAD);
                } else if (trial.noted(task) == PairOp.NOTHING) {
                    seen.add(NOTHING);
                }
            }
        }
        return seen;
    }

    @Override
    public List<String> needed() {
        List<String> needed = new ArrayList<>(List.of(BOTH));
        if (has(EXPIRE)) {
            needed.add(EXPIRED);
        }
        if (dies() && (ops[0].stores() || ops[1].stores())) {
            needed.addAll(List.of(STORED, TOO_LATE));
        }
        return needed;
    }
}
