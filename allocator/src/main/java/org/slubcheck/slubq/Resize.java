package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabState;

/**
 * resize_cpu_queue (S+Q3 15/23, with the missing check of October 2010): a cache gets new per-CPU
 * areas while everybody goes on allocating and freeing.
 *
 * <pre>
 *   slub_lock for write
 *     allocate the new area                          nothing has changed if that fails
 *     shrinking: lower queue and batch               nobody may have a batch beyond his queue
 *     s-&gt;cpu = new area                              release: its contents and the tunables first
 *     flush the old area on every CPU by interrupt   waits for everybody who still uses it
 *     growing: raise queue and batch
 *     free the old area, once the state is beyond UP
 * </pre>
 */
public final class Resize {
    private Resize() {}

    /** Irqs are on and slub_lock is held for write. 0, or -ENOMEM and nothing has changed. */
    static int cpuQueue(Slubq k, Task t, long s, int queue) {
        long area = newArea(k, t, queue);
        if (!k.steps.newArea.usable(area)) {
            return Errno.ENOMEM;
        }
        long old = KmemCache.cpu(k.m, s);
        k.steps.publish.publish(k, t, s, area, queue, () -> k.steps.flushOld.flush(k, t, s, old));
        setCapacity(k, s, queue);
        // The areas of early boot belong to the reserve of the first chunk until sysfs is up.
        if (k.slab.state().compareTo(SlabState.UP) > 0) {
            k.percpu.free(t, old);
        } else {
            long abandoned = k.slab.wiring().abandonedAreas();
            k.m.write(abandoned, k.m.read(abandoned) + 1);
        }
        return 0;
    }

    /**
     * alloc_kmem_cache_cpu: an area whose queue holds at least so many objects, rounded up to cache
     * lines, empty on every CPU and of that CPU's node; 0 when out of memory. May sleep.
     */
    static long newArea(Slubq k, Task t, int queue) {
        int line = k.geometry.cacheLine();
        int bytes = k.cpuLayout.areaBytes(queue, line);
        if (bytes > k.percpu.unitSize()) {
            return 0;
        }
        long area = k.percpu.alloc(t, bytes, line);
        if (area == 0) {
            return 0;
        }
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            long c = k.percpu.perCpuPtr(area, cpu);
            KmemCacheQueue.init(k.m, k.queueOf(c), k.cpuLayout.capacity(bytes));
            k.setAreaNode(c, k.slab.memNodeOfCpu(cpu));
        }
        return area;
    }

    /**
     * Records what the queues of an area of {@link #newArea} really hold. slub_lock held for write,
     * or the cache is private.
     */
    static void setCapacity(Slubq k, long s, int queue) {
        int bytes = k.cpuLayout.areaBytes(queue, k.geometry.cacheLine());
        KmemCache.setCpuQueue(k.m, s, k.cpuLayout.capacity(bytes));
    }

    /** The batch that goes with a queue size when nobody chose one. */
    public static int batchFor(int queue) {
        return (queue + 1) / 2;
    }

    /** Sets the queue size asked for and its batch; slub_lock is held for write. */
    public static void setTunables(Slubq k, long s, int queue) {
        Memory m = k.memory();
        KmemCache.setQueue(m, s, queue);
        KmemCache.setBatch(m, s, batchFor(queue));
    }
}
