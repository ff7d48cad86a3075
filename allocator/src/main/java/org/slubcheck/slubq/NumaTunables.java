package org.slubcheck.slubq;

import org.slubcheck.machine.Task;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/**
 * The tunables of shared and alien queues and the expiry by hand (S+Q3 20/23 to 22/23), with the
 * ranges of October 2010. slub_lock is held for write from the check to the last change: the series
 * changed shift and batch before it took it.
 */
public final class NumaTunables {
    /** Most objects that an alien queue can be asked to hold. */
    public static final int MAX_ALIEN = 1000;

    private NumaTunables() {}

    /** shared_queue_size_store: 0 for none, or 4 to 10000 and a batch at least; 0 or -EINVAL. */
    static int setSharedQueueSize(Slubq k, Task t, long s, long objects) {
        if (objects != 0 && (objects < Tunables.MIN_QUEUE || objects > Tunables.MAX_QUEUE)) {
            return Errno.EINVAL;
        }
        if (!k.slab.storeLock(t, "shared_queue_size_store")) {
            return Errno.ERESTARTSYS;
        }
        boolean fits = objects == 0 || objects >= KmemCache.batch(k.m, s);
        if (fits) {
            SharedCache.remove(k, t, s);
            SharedCache.setWanted(k, s, (int) objects);
            SharedCache.alloc(k, t, s);
        }
        k.slab.upWrite(t);
        return fits ? 0 : Errno.EINVAL;
    }

    /** alien_queue_size_store: 0 for none, up to 1000; 0, -EINVAL, or -ENOSYS on a single node. */
    static int setAlienQueueSize(Slubq k, Task t, long s, long objects) {
        if (!k.manyNodes) {
            return Errno.ENOSYS;
        }
        if (objects > MAX_ALIEN) {
            return Errno.EINVAL;
        }
        if (!k.slab.storeLock(t, "alien_queue_size_store")) {
            return Errno.ERESTARTSYS;
        }
        k.numa.reconfigure.run(k, t, s, AlienCache.shiftFor(k.geometry, (int) objects));
        k.slab.upWrite(t);
        return 0;
    }

    /** expire_store: a node, or -1 for all; 0 or -EINVAL. */
    static int expire(Slubq k, Task t, long s, long node) {
        if (node < -1 || node >= k.geometry.nodes()) {
            return Errno.EINVAL;
        }
        long reclaimed = k.expire(t, s, (int) node);
        if (reclaimed == Errno.ERESTARTSYS) {
            return Errno.ERESTARTSYS;
        }
        k.m.writeOnce(s + KmemCache.LAST_EXPIRED_BYTES, reclaimed);
        return 0;
    }
}
