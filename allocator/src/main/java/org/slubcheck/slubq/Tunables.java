package org.slubcheck.slubq;

import org.slubcheck.machine.Task;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/**
 * The tunables of a cache (S+Q3 15/23), checked and changed under slub_lock for write: the kernel
 * of August 2010 touched the batch before it took the lock.
 */
public final class Tunables {
    /** Smallest queue, and smallest batch that can be asked for. */
    public static final int MIN_QUEUE = 4;

    /** Largest queue. */
    public static final int MAX_QUEUE = 10000;

    private Tunables() {}

    /** cpu_queue_size_store. */
    static int setCpuQueueSize(Slubq k, Task t, long s, long size) {
        if (size < MIN_QUEUE || size > MAX_QUEUE) {
            return Errno.EINVAL;
        }
        k.numa.batchClamp.at(k, s, (int) size, SlubqNumaSteps.BatchClamp.Moment.BEFORE_LOCK);
        if (!k.slab.storeLock(t, "cpu_queue_size_store")) {
            return Errno.ERESTARTSYS;
        }
        k.numa.batchClamp.at(k, s, (int) size, SlubqNumaSteps.BatchClamp.Moment.UNDER_LOCK);
        // The new areas know no shared queues; the series left the old ones behind.
        SharedCache.remove(k, t, s);
        int error = Resize.cpuQueue(k, t, s, (int) size);
        SharedCache.alloc(k, t, s);
        k.slab.upWrite(t);
        return error;
    }

    /** batch_size_store. */
    static int setBatchSize(Slubq k, Task t, long s, long batch) {
        if (!k.slab.storeLock(t, "batch_size_store")) {
            return Errno.ERESTARTSYS;
        }
        int error = 0;
        if (k.steps.batchCheck.refuses(batch, KmemCache.queue(k.m, s))) {
            error = Errno.EINVAL;
        } else {
            KmemCache.setBatch(k.m, s, (int) batch);
        }
        k.slab.upWrite(t);
        return error;
    }
}
