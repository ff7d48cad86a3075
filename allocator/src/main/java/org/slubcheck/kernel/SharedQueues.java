package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.KmemCacheQueue;

/**
 * What an observer sees of the shared and alien queues of a cache: which objects are in them, and
 * what of them does not make sense.
 *
 * <p>There is one shared queue for each group of CPUs and node that has any, nobody else's pointer
 * leads to it, its block is allocated and holds all of it, no lock is held, and the objects of each
 * queue are of its node. Where a cache counts no queues, no CPU has a pointer left.
 */
final class SharedQueues {
    private final Kernel kernel;
    private final Memory m;
    private final long s;
    private final String name;
    private final int shift;
    private final List<String> wrong = new ArrayList<>();
    private final Map<Long, String> places = new LinkedHashMap<>();

    /** Each shared queue and the CPUs that have it. */
    private final Map<Long, List<Integer>> users = new LinkedHashMap<>();

    private SharedQueues(Kernel kernel, long s, String name) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.s = s;
        this.name = name;
        this.shift = m.peekInt(s + KmemCache.ALIEN_SHIFT);
        long area = m.peek(s + KmemCache.CPU);
        for (int cpu = 0; area != 0 && cpu < kernel.geometry().cpus(); cpu++) {
            long l = m.peek(queueOf(area, cpu) + KmemCacheQueue.SHARED);
            if (l != 0) {
                users.computeIfAbsent(l, any -> new ArrayList<>()).add(cpu);
            }
        }
    }

    /** The queues of a cache, looked over. */
    static SharedQueues of(Kernel kernel, long s, String name) {
        SharedQueues queues = new SharedQueues(kernel, s, name);
        queues.judge();
        return queues;
    }

    /** The addresses of the blocks that a cache's queues are in. */
    static List<Long> blocks(Kernel kernel, long s) {
        SharedQueues queues = new SharedQueues(kernel, s, "");
        return queues.users.keySet().stream().map(queues::blockOf).toList();
    }

    /** What does not make sense, as sentences. */
    List<String> wrong() {
        return wrong;
    }

    /** The queue that each object is in; one that is in two is a sentence of {@link #wrong}. */
    Map<Long, String> places() {
        return places;
    }

    private void judge() {
        int counted = m.peekInt(s + KmemCache.NR_SHARED);
        if (counted != users.size()) {
            wrong.add(
                    String.format(
                            "%s: nr_shared is %d but CPUs lead to %d shared queues",
                            name, counted, users.size()));
        }
        users.forEach(this::judgeBlock);
    }

    private void judgeBlock(long l, List<Integer> cpus) {
        int first = cpus.get(0);
        int home = nodeOfArea(first);
        for (int cpu : cpus) {
            if (kernel.geometry().groupOfCpu(cpu) != kernel.geometry().groupOfCpu(first)
                    || nodeOfArea(cpu) != home) {
                wrong.add(
                        String.format(
                                "%s: cpu#%d and cpu#%d share a queue but no cache",
                                name, first, cpu));
            }
        }
        long block = blockOf(l);
        long end = block + usable(block);
        if (end == block) {
            wrong.add(
                    String.format(
                            "%s cpu#%d: the shared queue 0x%x dangles: its block is not allocated",
                            name, first, l));
            return;
        }
        judgeQueue(l, end, home, "the shared queue of cpu#" + first);
        for (int node = 0; shift != 0 && node < kernel.geometry().nodes(); node++) {
            if (node != home) {
                long a = l - ((long) AlienCache.number(home, node) << shift);
                judgeQueue(
                        a,
                        a + (1L << shift),
                        node,
                        "the alien queue for node " + node + " of cpu#" + first);
            }
        }
    }

    private void judgeQueue(long q, long end, int node, String where) {
        int objects = KmemCacheQueue.peekObjects(m, q);
        int max = KmemCacheQueue.peekMax(m, q);
        if (KmemCacheQueue.slot(q, max) > end) {
            wrong.add(
                    String.format(
                            "%s: %s has room for %d objects, which is more than its memory",
                            name, where, max));
            return;
        }
        if (objects < 0 || objects > max) {
            wrong.add(
                    String.format(
                            "%s: %s holds more objects (%d) than it has room for (%d)",
                            name, where, objects, max));
            return;
        }
        if (m.peek(q + KmemCacheQueue.LOCK) != 0) {
            wrong.add(name + ": the lock of " + where + " is held");
        }
        for (int i = 0; i < objects; i++) {
            see(m.peek(KmemCacheQueue.slot(q, i)), node, where);
        }
    }

    private void see(long object, int node, String where) {
        String before = places.put(object, where);
        if (before != null) {
            wrong.add(String.format("%s: 0x%x is in %s and in %s", name, object, before, where));
        }
        long page = kernel.pages().pageOf(object);
        if (page != 0 && kernel.pages().nodeOf(page) != node) {
            wrong.add(
                    String.format(
                            "%s: %s holds 0x%x of node %d",
                            name, where, object, kernel.pages().nodeOf(page)));
        }
    }

    private long blockOf(long l) {
        return l - (shift == 0 ? 0 : (long) (kernel.geometry().nodes() - 1) << shift);
    }

    /** Bytes of the kmalloc block at an address; 0 when there is none. */
    private long usable(long block) {
        long page = kernel.pages().pageOf(block);
        if (page == 0) {
            return 0;
        }
        long flags = m.peek(page + PageStruct.FLAGS);
        if ((flags & PageStruct.PG_SLAB) != 0 || (flags & PageStruct.PG_TAIL) != 0) {
            // That the object itself is not free is for the census of its own cache to see.
            return m.peekInt(m.peek(PageStruct.head(m, page) + PageStruct.SLAB) + KmemCache.SIZE);
        }
        if (m.peekInt(page + PageStruct.COUNT) <= 0) {
            return 0;
        }
        return (long) kernel.geometry().pageSize() << PageStruct.peekOrder(m, page);
    }

    private long queueOf(long area, int cpu) {
        return kernel.slubq().queueOf(kernel.percpu().perCpuPtr(area, cpu));
    }

    private int nodeOfArea(int cpu) {
        long area = m.peek(s + KmemCache.CPU);
        return kernel.slubq().peekNode(kernel.percpu().perCpuPtr(area, cpu));
    }
}
