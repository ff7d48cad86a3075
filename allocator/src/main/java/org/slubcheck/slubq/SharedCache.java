package org.slubcheck.slubq;

import java.util.Arrays;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlabState;

/**
 * Shared queues (S+Q3 20/23, C. Lameter, 3 Aug 2010, as corrected in October 2010): one for the
 * CPUs of a node that share a last-level cache, between their own queues and the slabs.
 *
 * <pre>
 *   cpu#0  q.shared --+
 *   cpu#2  q.shared --+--&gt; | alien queues | shared queue: objects max, lock, object[] |
 *                          ^ the block from kmalloc        ^ the pointer
 * </pre>
 *
 * <p>The block has whatever size kmalloc rounds it up to, and the queue uses what is left of it.
 * An empty CPU queue takes the hottest batch of the shared one, a full one moves its coldest batch
 * there. Objects are of the node of the CPUs that share.
 *
 * <p><b>Pointers.</b> slub_lock, held for write, guards creation and removal. A CPU reads its own
 * pointer with irqs off. The pointer is published by release and read by acquire (the kernel has an
 * address dependency); it is cleared by its own CPU in an interrupt, so when the interrupts are done
 * nobody uses the block any more.
 *
 * <p><b>Locks.</b> The lock in a shared queue is taken with irqs off. slab_lock nests inside it, in
 * a drain; the lock of a second queue never.
 *
 * <p>Where the series distrusts a cache that only one CPU is said to use, and makes none, this
 * machine knows its caches: a CPU alone gets its queue too, and with it its alien queues.
 */
public final class SharedCache {
    private SharedCache() {}

    // ---- the pointer

    /** The shared queue of an area, or 0. Irqs off on the area's CPU, or slub_lock held. */
    public static long of(Slubq k, long c) {
        return k.m.loadAcquire(k.queueOf(c) + KmemCacheQueue.SHARED);
    }

    /** The area of a CPU; slub_lock held (rule B). */
    static long area(Slubq k, long s, int cpu) {
        return k.percpu.perCpuPtr(KmemCache.cpu(k.m, s), cpu);
    }

    /**
     * shared_caches: every shared queue once, in the order of the first CPU that has it; slub_lock
     * held. The kernel allocates the list; here it is on the stack.
     */
    static long[] list(Slubq k, long s) {
        long[] found = new long[k.geometry.cpus()];
        int count = 0;
        for (int cpu = 0; cpu < found.length; cpu++) {
            long l = of(k, area(k, s, cpu));
            if (l != 0 && indexOf(found, count, l) < 0) {
                found[count++] = l;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static int indexOf(long[] list, int count, long l) {
        for (int i = 0; i < count; i++) {
            if (list[i] == l) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The first CPU that has a shared queue; slub_lock held. The last of all when none has it any
     * more, which takes somebody without the lock.
     */
    static int firstCpu(Slubq k, long s, long l) {
        int cpu = 0;
        while (cpu < k.geometry.cpus() - 1 && of(k, area(k, s, cpu)) != l) {
            cpu++;
        }
        return cpu;
    }

    // ---- sizes

    /** What a new cache asks for; it is private. */
    static void initCache(Slubq k, long s) {
        boolean wanted =
                k.config.sharedQueues()
                        && k.geometry.cpus() > 1
                        && KmemCache.size(k.m, s) < k.geometry.pageSize()
                        // DMA caches are rarely used.
                        && (KmemCache.flags(k.m, s) & SlabFlags.CACHE_DMA) == 0;
        setWanted(k, s, wanted ? KmemCache.queue(k.m, s) : 0);
        AlienCache.setShift(k, s, AlienCache.initialShift(k.geometry, KmemCache.queue(k.m, s)));
    }

    /** shared_queue_sysfs; slub_lock held. */
    static int wanted(Slubq k, long s) {
        return k.m.readInt(s + KmemCache.SHARED_QUEUE_SYSFS);
    }

    /** Sets shared_queue_sysfs; slub_lock held for write and no queue is shared. */
    static void setWanted(Slubq k, long s, int objects) {
        k.m.writeInt(s + KmemCache.SHARED_QUEUE_SYSFS, objects);
    }

    /** shared_queue: what the queues there are can hold, 0 for none; slub_lock held. */
    static int capacity(Slubq k, long s) {
        return k.m.readInt(s + KmemCache.SHARED_QUEUE);
    }

    /** nr_shared; slub_lock held. */
    static int count(Slubq k, long s) {
        return k.m.readInt(s + KmemCache.NR_SHARED);
    }

    /** shared_cache_size: bytes of a queue of so many objects. */
    static int bytes(int objects) {
        return KmemCacheQueue.OBJECT + objects * Memory.WORD;
    }

    /** shared_cache_capacity: objects in a queue of so many bytes; unsigned, as in the kernel. */
    static int objects(long bytes) {
        return (int) (bytes - KmemCacheQueue.OBJECT >>> 3);
    }

    /** The mainline of {@link SlubqNumaSteps#AREA_SIZE}. */
    public static long areaBytes(Slubq k, int needed) {
        int half = k.geometry.pageSize() / 2;
        if (needed <= Math.min(half, k.geometry.kmallocMax())) {
            return KmemCache.objsize(k.m, k.slab.kmallocCache(needed, Gfp.KERNEL));
        }
        return (long) k.geometry.pageSize() << order(k, needed);
    }

    /** get_order: of the pages that hold so many bytes. */
    public static int order(Slubq k, long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes - 1 >>> k.geometry.pageShift());
    }

    // ---- creation

    /**
     * alloc_shared_caches: a queue for each group of CPUs that has none, once the state is SYSFS
     * and if any are wanted. slub_lock held for write, irqs on. A group that there is no memory for
     * does without, and the console says so.
     */
    public static void alloc(Slubq k, Task t, long s) {
        if (k.slab.state().compareTo(SlabState.SYSFS) < 0 || wanted(k, s) == 0) {
            return;
        }
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            long c = area(k, s, cpu);
            if (of(k, c) != 0) {
                continue;
            }
            long l = allocQueue(k, t, s, k.areaNode(c));
            if (l == 0) {
                k.machine
                        .console()
                        .printk(
                                Console.Level.WARNING,
                                "SLUB: Out of memory allocating shared cache for %s cpu %d node %d",
                                k.slab.name(s),
                                cpu,
                                k.areaNode(c));
                continue;
            }
            publish(k, s, cpu, l);
            k.m.writeInt(s + KmemCache.NR_SHARED, count(k, s) + 1);
        }
    }

    /** The block with a queue in it, private; the pointer to the queue, or 0. */
    private static long allocQueue(Slubq k, Task t, long s, int node) {
        int alien = AlienCache.bytesOfAll(k, AlienCache.shift(k, s));
        long bytes = k.numa.areaSize.bytes(k, bytes(wanted(k, s)) + alien);
        int gfp = Gfp.KERNEL | Gfp.ZERO | Gfp.NOWARN;
        long block = k.slab.kmallocNode(t, bytes, gfp, node);
        if (block == 0) {
            return 0;
        }
        int max = objects(bytes - alien);
        long l = block + alien;
        KmemCacheQueue.init(k.m, l, max);
        AlienCache.init(k, s, l);
        k.m.writeInt(s + KmemCache.SHARED_QUEUE, max);
        return l;
    }

    /** Gives a queue to all CPUs of a node that share a last-level cache with one. */
    private static void publish(Slubq k, long s, int with, long l) {
        Geometry g = k.geometry;
        int node = k.areaNode(area(k, s, with));
        for (int cpu = 0; cpu < g.cpus(); cpu++) {
            long c = area(k, s, cpu);
            if (g.groupOfCpu(cpu) == g.groupOfCpu(with) && k.areaNode(c) == node) {
                k.m.storeRelease(k.queueOf(c) + KmemCacheQueue.SHARED, l);
            }
        }
    }

    // ---- removal

    /**
     * remove_shared_caches: no CPU has a shared or alien queue any more, their objects are back in
     * their slabs, the blocks are free. slub_lock held for write, irqs on.
     */
    public static void remove(Slubq k, Task t, long s) {
        remove(k, t, s, AlienCache.shift(k, s));
    }

    /**
     * For steps: the same, of queues that were made with this shift, whatever the cache's is by
     * now.
     */
    public static void remove(Slubq k, Task t, long s, int shift) {
        if (count(k, s) == 0) {
            return;
        }
        long[] queues = list(k, s);
        k.numa.forget.forget(k, t, s, shift);
        for (long l : queues) {
            k.slab.kfree(t, l - AlienCache.bytesOfAll(k, shift));
        }
        k.m.writeInt(s + KmemCache.NR_SHARED, 0);
        k.m.writeInt(s + KmemCache.SHARED_QUEUE, 0);
    }

    /** The mainline of {@link SlubqNumaSteps#FORGET}. */
    static void forgetAll(Slubq k, Task t, long s, int shift) {
        // A CPU that came up between an IPI to the others and a look at its area would be missed.
        k.machine.onEachPossibleCpu(t, irq -> forgetOf(k, irq, s, k.thisArea(irq, s), shift));
    }

    /** For steps: every CPU that an interrupt reaches clears its pointer. Irqs are on. */
    public static void forgetOnline(Slubq k, Task t, long s, int shift) {
        k.machine.onEachCpu(t, irq -> forgetOf(k, irq, s, k.thisArea(irq, s), shift));
    }

    /**
     * __remove_shared_cache: clears an area's pointer and empties what it led to. Irqs off on the
     * area's CPU, or that is offline. The series looked for the alien queues behind the pointer that
     * it had just cleared, and lost their objects.
     */
    private static void forgetOf(Slubq k, Task t, long s, long c, int shift) {
        long l = of(k, c);
        if (l != 0) {
            k.m.storeRelease(k.queueOf(c) + KmemCacheQueue.SHARED, 0);
            drainAll(k, t, s, k.areaNode(c), l, shift);
        }
    }

    // ---- use

    /** spin_lock of a shared queue; irqs are off. */
    public static void lock(Slubq k, Task t, long l) {
        k.machine.spinLock(t, l + KmemCacheQueue.LOCK, LockClass.SHARED_LOCK);
    }

    /** spin_unlock of a shared queue. */
    public static void unlock(Slubq k, Task t, long l) {
        k.machine.spinUnlock(t, l + KmemCacheQueue.LOCK, LockClass.SHARED_LOCK);
    }

    /** queue_empty without the lock: a hint. */
    public static boolean looksEmpty(Slubq k, long l) {
        return KmemCacheQueue.racyObjects(k.m, l) == 0;
    }

    /** The mainline of {@link SlubqNumaSteps#SHARED_TAKE}. */
    static boolean take(Slubq k, Task t, long s, long c) {
        long l = of(k, c);
        return l != 0 && !looksEmpty(k, l) && takeHottest(k, t, s, k.queueOf(c), l) > 0;
    }

    /**
     * get_shared_objects: the hottest objects of a shared queue, a batch at most, into an empty CPU
     * queue; how many there were. Irqs are off.
     */
    public static int takeHottest(Slubq k, Task t, long s, long q, long l) {
        Memory m = k.m;
        int batch = Math.min(KmemCache.batch(m, s), KmemCacheQueue.max(m, q));
        lock(k, t, l);
        int objects = KmemCacheQueue.objects(m, l);
        int count = Math.min(batch, objects);
        KmemCacheQueue.copy(m, q, 0, l, objects - count, count);
        KmemCacheQueue.setObjects(m, l, objects - count);
        KmemCacheQueue.setTouched(m, l, true);
        unlock(k, t, l);
        KmemCacheQueue.setObjects(m, q, count);
        return count;
    }

    /** put_shared_objects: the coldest of a CPU queue, as many as fit up to a batch; how many. */
    static int putColdest(Slubq k, Task t, long s, long q, long l) {
        Memory m = k.m;
        int batch = Math.min(KmemCache.batch(m, s), KmemCacheQueue.objects(m, q));
        lock(k, t, l);
        int objects = KmemCacheQueue.objects(m, l);
        int count = Math.min(batch, KmemCacheQueue.max(m, l) - objects);
        KmemCacheQueue.copy(m, l, objects, q, 0, count);
        KmemCacheQueue.setObjects(m, l, objects + count);
        KmemCacheQueue.setTouched(m, l, true);
        unlock(k, t, l);
        if (count > 0) {
            k.numa.slide.slide(m, q, count);
        }
        return count;
    }

    /** drain_shared_cache and drain_alien_caches: all that an area's pointer leads to. Irqs off. */
    static void drainAll(Slubq k, Task t, long s, int home, long l, int shift) {
        drain(k, t, s, l, LockClass.SHARED_LOCK);
        for (int node = 0; node < k.geometry.nodes(); node++) {
            long a = AlienCache.below(l, home, node, shift);
            if (a != 0) {
                drain(k, t, s, a, LockClass.ALIEN_LOCK);
            }
        }
    }

    private static void drain(Slubq k, Task t, long s, long q, LockClass lockClass) {
        if (!looksEmpty(k, q)) {
            k.machine.spinLock(t, q + KmemCacheQueue.LOCK, lockClass);
            Drain.queue(k, t, s, q, KmemCacheQueue.objects(k.m, q));
            k.machine.spinUnlock(t, q + KmemCacheQueue.LOCK, lockClass);
        }
    }

    /** Objects in all shared queues; slub_lock held. */
    static long objectsInAll(Slubq k, long s) {
        long sum = 0;
        for (long l : list(k, s)) {
            sum += KmemCacheQueue.racyObjects(k.m, l);
        }
        return sum;
    }
}
