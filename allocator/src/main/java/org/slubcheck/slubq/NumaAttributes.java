package org.slubcheck.slubq;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/**
 * The sysfs files of shared and alien queues and of expiry (S+Q3 20/23 to 22/23):
 *
 * <pre>
 *   shared_queue_size   "126 120": what a queue holds and what was asked for; writable
 *   shared_caches       "384 C0,2=66/126 C1,3=126/126"
 *   alien_queue_size    "30 8": what a queue holds and alien_shift, or "0"; writable
 *   alien_caches        "9 C0,4=9[N1=3/30:N2=6/30] C1,5=0[N0=0/30:N2=0/30]"
 *   expire              bytes that the last expiry by hand gave; writable: a node or -1
 * </pre>
 *
 * <p>The two of alien queues are there on a kernel for several nodes. Walks over the areas of all
 * CPUs are under slub_lock for read (rule B of S+Q3 15/23). alien_caches cannot be read while alien
 * queues are off (-ENOSYS in the kernel).
 */
final class NumaAttributes implements EngineAttributes {
    private static final String SHARED_QUEUE_SIZE = "shared_queue_size";
    private static final String SHARED_CACHES = "shared_caches";
    private static final String ALIEN_QUEUE_SIZE = "alien_queue_size";
    private static final String ALIEN_CACHES = "alien_caches";
    private static final String EXPIRE = "expire";
    private static final List<String> UMA = List.of(SHARED_QUEUE_SIZE, SHARED_CACHES, EXPIRE);
    private static final List<String> NUMA = withAliens();

    private final Slubq k;
    private final EngineAttributes others;

    /** These files beside others. */
    NumaAttributes(Slubq k, EngineAttributes others) {
        this.k = k;
        this.others = others;
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>(own());
        names.addAll(others.names());
        return names;
    }

    private List<String> own() {
        return k.geometry.numa() ? NUMA : UMA;
    }

    @Override
    public String show(Task t, long s, String name) {
        return switch (name) {
            case SHARED_QUEUE_SIZE ->
                    walk(k, t, () -> SharedCache.capacity(k, s) + " " + SharedCache.wanted(k, s));
            case SHARED_CACHES -> walk(k, t, () -> sharedCaches(k, s));
            case ALIEN_QUEUE_SIZE -> walk(k, t, () -> alienQueueSize(k, s));
            case ALIEN_CACHES -> walk(k, t, () -> alienCaches(k, s));
            case EXPIRE -> k.m.readOnce(s + KmemCache.LAST_EXPIRED_BYTES) + "\n";
            default -> others.show(t, s, name);
        };
    }

    @Override
    public int store(Task t, long s, String name, String value) {
        if (!own().contains(name)) {
            return others.store(t, s, name, value);
        }
        if (name.equals(SHARED_CACHES) || name.equals(ALIEN_CACHES)) {
            return Errno.EIO;
        }
        String number = value.strip();
        if (!number.matches(name.equals(EXPIRE) ? "-?[0-9]{1,18}" : "[0-9]{1,18}")) {
            return Errno.EINVAL;
        }
        long asked = Long.parseLong(number);
        return switch (name) {
            case SHARED_QUEUE_SIZE -> k.setSharedQueueSize(t, s, asked);
            case ALIEN_QUEUE_SIZE -> k.setAlienQueueSize(t, s, asked);
            default -> NumaTunables.expire(k, t, s, asked);
        };
    }

    /** Runs a walk under slub_lock; null stays null, other text gets its newline. */
    private static String walk(Slubq k, Task t, Supplier<String> text) {
        return k.steps.cpuWalk.under(
                k,
                t,
                () -> {
                    String line = text.get();
                    return line == null ? null : line + "\n";
                });
    }

    private static String sharedCaches(Slubq k, long s) {
        StringBuilder shares = new StringBuilder();
        long total = 0;
        for (long l : SharedCache.list(k, s)) {
            appendCpus(k, s, l, shares);
            shares.append('=');
            total += appendQueue(k, l, shares);
        }
        return total + shares.toString();
    }

    private static String alienQueueSize(Slubq k, long s) {
        int shift = AlienCache.shift(k, s);
        return shift == 0 ? "0" : AlienCache.capacity(k, s) + " " + shift;
    }

    private static String alienCaches(Slubq k, long s) {
        if (AlienCache.shift(k, s) == 0) {
            return null;
        }
        StringBuilder shares = new StringBuilder();
        long total = 0;
        for (long l : SharedCache.list(k, s)) {
            int home = k.areaNode(SharedCache.area(k, s, SharedCache.firstCpu(k, s, l)));
            StringBuilder nodes = new StringBuilder();
            long below = appendNodes(k, s, l, home, nodes);
            total += below;
            appendCpus(k, s, l, shares);
            shares.append('=').append(below).append('[').append(nodes).append(']');
        }
        return total + shares.toString();
    }

    /** {@code 2/12}: a queue, which is counted once; returns the count. */
    private static int appendQueue(Slubq k, long q, StringBuilder shares) {
        int counted = KmemCacheQueue.racyObjects(k.m, q);
        shares.append(k.numa.shown.objects(k, q, counted));
        shares.append('/').append(KmemCacheQueue.racyMax(k.m, q));
        return counted;
    }

    /** The alien queues below a shared one; returns what they hold. */
    private static long appendNodes(Slubq k, long s, long l, int home, StringBuilder shares) {
        String separator = "";
        long total = 0;
        for (int node = 0; node < k.geometry.nodes(); node++) {
            long a = AlienCache.at(k, s, l, home, node);
            if (a != 0) {
                shares.append(separator).append('N').append(node).append('=');
                total += appendQueue(k, a, shares);
                separator = ":";
            }
        }
        return total;
    }

    /** {@code  C0,2}: the CPUs that share a queue. */
    private static void appendCpus(Slubq k, long s, long l, StringBuilder shares) {
        String separator = " C";
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            if (SharedCache.of(k, SharedCache.area(k, s, cpu)) == l) {
                shares.append(separator).append(cpu);
                separator = ",";
            }
        }
    }

    private static List<String> withAliens() {
        List<String> names = new ArrayList<>(UMA);
        names.add(ALIEN_QUEUE_SIZE);
        names.add(ALIEN_CACHES);
        return List.copyOf(names);
    }
}
