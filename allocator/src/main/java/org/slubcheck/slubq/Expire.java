package org.slubcheck.slubq;

import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slubbase.Shrink;

/**
 * Expiry of cached objects (S+Q3 22/23, C. Lameter, 3 Aug 2010, as corrected in October 2010): what
 * the allocator keeps for later goes back when memory is short, cheapest first.
 *
 * <pre>
 *   1  empty slabs on partial lists
 *   2  a batch of each alien queue
 *   3  a batch of each shared queue
 *   4  a batch of each CPU queue
 * </pre>
 *
 * <p>The first stage that reclaims anything is the last of a run. A queue or list that was used
 * since the last run is passed over and marked as untouched, so a run may give 0 and the next one
 * something; two runs in a row that give 0 leave nothing that could be expired.
 *
 * <p>A node is that of the memory to be reclaimed, -1 for all. All this allocates nothing, as it
 * runs when there is nothing: the series kmalloced a list of queues and buckets for sorting.
 * Bytes count objects put back as well as slabs freed.
 */
final class Expire {
    private Expire() {}

    /**
     * kmem_cache_expire: bytes reclaimed. slub_lock is held, irqs are on: the areas of all CPUs are
     * walked (rule B), and CPUs are interrupted.
     */
    static long cache(Slubq k, Task t, long s, int node) {
        long reclaimed = partials(k, t, s, node);
        reclaimed = reclaimed != 0 ? reclaimed : aliens(k, t, s, node);
        reclaimed = reclaimed != 0 ? reclaimed : shared(k, t, s, node);
        return reclaimed != 0 ? reclaimed : cpus(k, t, s, node);
    }

    /** kmem_cache_expire_all: every cache; 0 when somebody has slub_lock. Irqs are on. */
    static long all(Slubq k, Task t, int node) {
        return k.numa.expireAll.under(
                k,
                t,
                () -> {
                    long reclaimed = 0;
                    long head = k.slab.wiring().slabCaches();
                    for (long at = ListHead.next(k.m, head);
                            at != head;
                            at = ListHead.next(k.m, at)) {
                        reclaimed += cache(k, t, at - KmemCache.LIST, node);
                    }
                    return reclaimed;
                });
    }

    // ---- stages

    private static long partials(Slubq k, Task t, long s, int node) {
        long reclaimed = 0;
        for (int i = 0; i < k.geometry.nodes(); i++) {
            long n = k.node(s, i);
            if (matches(node, i) && n != 0) {
                reclaimed += partialsOf(k, t, s, n);
            }
        }
        return reclaimed;
    }

    private static long partialsOf(Slubq k, Task t, long s, long n) {
        if (!KmemCacheNode.touched(k.m, n)) {
            return KmemCacheNode.nrPartial(k.m, n) == 0 ? 0 : Shrink.freeEmpty(k, t, s, n);
        }
        long lock = n + KmemCacheNode.LIST_LOCK;
        boolean irqs = k.machine.spinLockIrqSave(t, lock, LockClass.LIST_LOCK);
        KmemCacheNode.clearTouched(k.m, n);
        k.machine.spinUnlockIrqRestore(t, lock, LockClass.LIST_LOCK, irqs);
        return 0;
    }

    private static long aliens(Slubq k, Task t, long s, int node) {
        long reclaimed = 0;
        for (long l : SharedCache.list(k, s)) {
            if (AlienCache.shift(k, s) == 0) {
                return 0;
            }
            int home = k.areaNode(SharedCache.area(k, s, SharedCache.firstCpu(k, s, l)));
            for (int i = 0; i < k.geometry.nodes(); i++) {
                long a = AlienCache.at(k, s, l, home, i);
                if (matches(node, i) && !k.numa.skipQueue.skips(a)) {
                    reclaimed += locked(k, t, s, a, LockClass.ALIEN_LOCK);
                }
            }
        }
        return reclaimed;
    }

    private static long shared(Slubq k, Task t, long s, int node) {
        long reclaimed = 0;
        for (long l : SharedCache.list(k, s)) {
            long c = SharedCache.area(k, s, SharedCache.firstCpu(k, s, l));
            if (matches(node, k.areaNode(c))) {
                reclaimed += locked(k, t, s, l, LockClass.SHARED_LOCK);
            }
        }
        return reclaimed;
    }

    /** Where the series moves the task from CPU to CPU, each is interrupted. */
    private static long cpus(Slubq k, Task t, long s, int node) {
        long[] reclaimed = {0};
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            long c = SharedCache.area(k, s, cpu);
            if (matches(node, k.areaNode(c))
                    && KmemCacheQueue.racyObjects(k.m, k.queueOf(c)) != 0) {
                k.machine.onCpu(
                        t,
                        cpu,
                        irq -> reclaimed[0] += batch(k, irq, s, k.queueOf(k.thisArea(irq, s))));
            }
        }
        return reclaimed[0];
    }

    private static boolean matches(int node, int of) {
        return node < 0 || node == of;
    }

    // ---- queues

    /** expire_cache of a queue with a lock; irqs are on. */
    private static long locked(Slubq k, Task t, long s, long q, LockClass lockClass) {
        if (q == 0) {
            throw k.machine.oops(q, "expire_cache");
        }
        if (KmemCacheQueue.racyObjects(k.m, q) == 0) {
            return 0;
        }
        boolean irqs = k.numa.expireQueueLock.lock(k, t, q, lockClass);
        long reclaimed = batch(k, t, s, q);
        k.numa.expireQueueLock.unlock(k, t, q, lockClass, irqs);
        return reclaimed;
    }

    /** Drains a batch of a queue that was not used since the last look; the queue is ours. */
    private static long batch(Slubq k, Task t, long s, long q) {
        Memory m = k.m;
        if (KmemCacheQueue.touched(m, q)) {
            KmemCacheQueue.setTouched(m, q, false);
            return 0;
        }
        return (long) Drain.queue(k, t, s, q, KmemCache.batch(m, s)) * KmemCache.size(m, s);
    }
}
