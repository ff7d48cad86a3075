package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToIntFunction;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.Percpu;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.AlienCache;
import org.slubcheck.slubq.KmemCacheCpu;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.Slubq;

/**
 * Names of the words of shared queues and of the alien queues below them (S+Q3 20/23 and 21/23),
 * which are objects of kmalloc to everybody else:
 *
 * <pre>
 *   victim shared(node 0, group 1) objects     the queue of node 0's CPUs of cache group 1
 *   victim alien(0->2) object[3]               where CPUs of node 0 put objects of node 2
 *   victim alien(0->2, group 1) lock           the same where node 0 has several groups
 *   victim shared(node 0, group 1) (old queue) lock      one that no CPU points to any more
 * </pre>
 *
 * <p>A queue is known from the pointers in the per-CPU areas; one that was removed is remembered if
 * it was seen before. An observer: survives any image.
 */
final class SharedNames {
    private static final Pattern QUEUE = Pattern.compile(" (shared|alien)\\([^)]*\\)");

    /** A block with a shared queue in it, as it was when it was seen. */
    private record Block(long cache, long shared, int cpu, int shift, int objects) {}

    private final Geometry geometry;
    private final Percpu percpu;
    private final KmemCacheCpu layout;
    private final boolean queues;
    private final LongUnaryOperator word;
    private final LongToIntFunction integer;
    private final List<Block> seen;

    /**
     * Names by what two functions read from an image, 0 where there is nothing; they know already
     * what others have seen.
     */
    SharedNames(
            Kernel kernel, LongUnaryOperator word, LongToIntFunction integer, SharedNames others) {
        this.geometry = kernel.geometry();
        this.percpu = kernel.percpu();
        this.layout = KmemCacheCpu.of(kernel.config().slab().stats());
        this.queues = kernel.slab().engine() instanceof Slubq;
        this.word = word;
        this.integer = integer;
        this.seen = others == null ? new ArrayList<>() : new ArrayList<>(others.seen);
    }

    /** True for a name that this class gave. */
    static boolean isQueue(String name) {
        return QUEUE.matcher(name).find();
    }

    /** Remembers the queues that a cache has now. */
    void remember(long s) {
        for (int cpu = 0; cpu < geometry.cpus(); cpu++) {
            long shared = pointer(s, cpu);
            if (shared != 0 && seen.stream().noneMatch(b -> b.shared == shared && b.cache == s)) {
                seen.add(block(s, cpu, shared));
            }
        }
    }

    /** The name behind the cache's of what stands at an address, with the cache; or null. */
    Place find(Iterable<Long> caches, long address) {
        for (long s : caches) {
            long before = 0;
            for (int cpu = 0; cpu < geometry.cpus(); cpu++) {
                long shared = pointer(s, cpu);
                if (shared != 0 && shared != before) {
                    Place place = in(block(s, cpu, shared), "", address);
                    if (place != null) {
                        return place;
                    }
                }
                before = shared;
            }
        }
        for (int i = seen.size() - 1; i >= 0; i--) {
            Place place = in(seen.get(i), " (old queue)", address);
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    /** Where an address is: the cache, and what of it. */
    record Place(long cache, String name) {}

    /** A CPU's shared pointer, or 0. */
    private long pointer(long s, int cpu) {
        long area = area(s, cpu);
        return area == 0 || !queues
                ? 0
                : word.applyAsLong(area + layout.queue() + KmemCacheQueue.SHARED);
    }

    private long area(long s, int cpu) {
        long area = word.applyAsLong(s + KmemCache.CPU);
        return area == 0 ? 0 : area + (long) cpu * percpu.unitSize();
    }

    private Block block(long s, int cpu, long shared) {
        return new Block(
                s,
                shared,
                cpu,
                integer.applyAsInt(s + KmemCache.ALIEN_SHIFT) & Integer.SIZE - 1,
                integer.applyAsInt(s + KmemCache.SHARED_QUEUE));
    }

    private Place in(Block b, String use, long address) {
        long offset = address - b.shared;
        int home = geometry.nodeOfCpu(b.cpu);
        if (offset >= 0) {
            String group = "group " + geometry.groupOfCpu(b.cpu);
            return offset >= KmemCacheQueue.OBJECT + (long) b.objects * Memory.WORD
                    ? null
                    : new Place(
                            b.cache,
                            "shared(node " + home + ", " + group + ")" + use + field(offset));
        }
        long number = b.shift == 0 ? Long.MAX_VALUE : -offset - 1 >> b.shift;
        if (number >= geometry.nodes() - 1) {
            return null;
        }
        int k = (int) number + 1;
        for (int node = 0; node < geometry.nodes(); node++) {
            if (node != home && AlienCache.number(home, node) == k) {
                long at = offset + ((long) k << b.shift);
                String to = "alien(" + home + "->" + node + group(b.cpu) + ")";
                return new Place(b.cache, to + use + field(at));
            }
        }
        return null;
    }

    /** A CPU's group, where its node has others. */
    private String group(int cpu) {
        for (int other = 0; other < geometry.cpus(); other++) {
            if (geometry.nodeOfCpu(other) == geometry.nodeOfCpu(cpu)
                    && geometry.groupOfCpu(other) != geometry.groupOfCpu(cpu)) {
                return ", group " + geometry.groupOfCpu(cpu);
            }
        }
        return "";
    }

    private static String field(long offset) {
        if (offset >= KmemCacheQueue.OBJECT) {
            return " object[" + (offset - KmemCacheQueue.OBJECT) / Memory.WORD + "]";
        }
        return offset >= KmemCacheQueue.LOCK
                ? " lock"
                : " " + KmemCacheQueue.LAYOUT.fieldAt((int) offset);
    }
}
