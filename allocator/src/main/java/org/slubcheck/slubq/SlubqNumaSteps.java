package org.slubcheck.slubq;

import java.util.function.LongSupplier;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.Errno;

/**
 * The steps of nodes, shared queues, alien queues and expiry (S+Q3 19/23 to 22/23) that were once
 * wrong, as constants; and the code that one kernel runs at each of them, as fields.
 */
public final class SlubqNumaSteps {
    /** Whether a slab may fill a CPU's queue. */
    @FunctionalInterface
    public interface NodeFits {
        /** Irqs are off and the slab is locked; the area is that of the CPU that runs now. */
        boolean fits(Slubq k, long c, long page);
    }

    /** How an empty queue is filled from the shared one. */
    @FunctionalInterface
    public interface SharedTake {
        /** Irqs are off; true when the queue can be popped from now. */
        boolean take(Slubq k, Task t, long s, long c);
    }

    /** How large the block of a shared queue and its alien queues is. */
    @FunctionalInterface
    public interface AreaSize {
        /** Bytes to ask of kmalloc for a block of so many; slub_lock is held for write. */
        long bytes(Slubq k, int needed);
    }

    /** Who may still have a shared queue's address when it is freed. */
    @FunctionalInterface
    public interface Forget {
        /**
         * Clears the pointers and empties the queues, which were made with this shift; slub_lock is
         * held for write, irqs are on.
         */
        void forget(Slubq k, Task t, long s, int shift);
    }

    /** In which order an object of another node is got from its queue and its node's slabs. */
    @FunctionalInterface
    public interface RemoteTake {
        /** Irqs are off; the alien queue or 0; returns an object, or 0 when a new slab is needed. */
        long take(Slubq k, Task t, long s, long a, int node);
    }

    /** Which alien queue an allocation goes on with behind its irq-enable window. */
    @FunctionalInterface
    public interface AlienReload {
        /** Irqs are off again; the queue seen before, the area of the CPU that runs now. */
        long queue(Slubq k, long s, long before, long c, int node);
    }

    /** The order in which alien queues change their size. */
    @FunctionalInterface
    public interface Reconfigure {
        /** slub_lock is held for write, irqs are on. */
        void run(Slubq k, Task t, long s, int shift);
    }

    /** How what is left of a queue moves down. */
    @FunctionalInterface
    public interface Slide {
        /** Drops the coldest objects; the queue is the caller's. */
        void slide(Memory m, long q, int dropped);
    }

    /** Which object a drain looks at next. */
    @FunctionalInterface
    public interface Next {
        /** Object i of a vector of so many; 0 behind the last. */
        long object(Memory m, long vector, int i, int count);
    }

    /** Where in its slab a drain looks for the next object. */
    @FunctionalInterface
    public interface Offset {
        /** The offset of the object before, whether that was aligned, and the next object. */
        long of(long before, boolean aligned, long object, long start);
    }

    /** Whether expiry passes over a queue. */
    @FunctionalInterface
    public interface SkipQueue {
        /** The address of the alien queue. */
        boolean skips(long queue);
    }

    /** How expiry takes the lock of a shared or alien queue. */
    public interface QueueLock {
        /** Returns whether irqs were off before. */
        boolean lock(Slubq k, Task t, long q, LockClass lockClass);

        /** Gives back what {@link #lock} took. */
        void unlock(Slubq k, Task t, long q, LockClass lockClass, boolean wereOff);
    }

    /** The lock over an expiry. */
    @FunctionalInterface
    public interface ExpireLock {
        /** Runs the walk and returns what it reclaimed; irqs are on. */
        long under(Slubq k, Task t, LongSupplier walk);
    }

    /** When a store to cpu_queue_size lowers the batch. */
    @FunctionalInterface
    public interface BatchClamp {
        /** Where in the store. */
        enum Moment {
            /** slub_lock is not taken yet. */
            BEFORE_LOCK,
            /** slub_lock is held for write and nothing has changed. */
            UNDER_LOCK
        }

        /** Called at each moment, with the size that was asked for. */
        void at(Slubq k, long s, int size, Moment moment);
    }

    /** What the per-CPU reserve of early boot is held against. */
    @FunctionalInterface
    public interface EarlySize {
        /** Bytes that a cache with a queue of so many objects takes of each CPU's reserve. */
        int bytes(KmemCacheCpu layout, int queue, int cacheLine);
    }

    /**
     * Right code lets a slab fill the queue of its own node only: while irqs were on, the task may
     * have moved to a CPU of another node than it fetched the slab for. Replaced by F03.
     */
    public static final Step<NodeFits> NODE_FITS =
            new Step<>(
                    "slubq.refill.node_fits",
                    (k, c, page) -> PageStruct.node(k.m, page) == k.areaNode(c),
                    (code, reached) ->
                            (k, c, page) -> {
                                reached.run();
                                return code.fits(k, c, page);
                            });

    /**
     * Right code looks again under the lock how many objects the shared queue has, and goes on to
     * the slabs when it got none: another CPU may have emptied it since (V4 of October 2010).
     * Replaced by F04.
     */
    public static final Step<SharedTake> SHARED_TAKE =
            new Step<>(
                    "slubq.shared.take",
                    SharedCache::take,
                    (code, reached) ->
                            (k, t, s, c) -> {
                                reached.run();
                                return code.take(k, t, s, c);
                            });

    /**
     * Right code asks for PAGE_SIZE &lt;&lt; order bytes where no kmalloc cache is large enough.
     * Replaced by F05.
     */
    public static final Step<AreaSize> AREA_SIZE =
            new Step<>(
                    "slubq.shared.area_size",
                    SharedCache::areaBytes,
                    (code, reached) ->
                            (k, needed) -> {
                                reached.run();
                                return code.bytes(k, needed);
                            });

    /**
     * Right code has every CPU clear its pointer and empty what it led to, in an interrupt; and does
     * it in the place of CPUs that no interrupt reaches because they are offline, which cannot come
     * up meanwhile. Replaced by F15.
     */
    public static final Step<Forget> FORGET =
            new Step<>(
                    "slubq.shared.forget",
                    SharedCache::forgetAll,
                    (code, reached) ->
                            (k, t, s, shift) -> {
                                reached.run();
                                code.forget(k, t, s, shift);
                            });

    /**
     * Right code takes the alien queue's lock first and the slab's under it, as a drain of the
     * queue does. Replaced by F11.
     */
    public static final Step<RemoteTake> REMOTE_TAKE =
            new Step<>(
                    "slubq.remote.take",
                    Remote::take,
                    (code, reached) ->
                            (k, t, s, a, node) -> {
                                reached.run();
                                return code.take(k, t, s, a, node);
                            });

    /**
     * Right code computes the queue's address anew: while irqs were on, the queue may have been
     * removed and freed. Replaced by F12.
     */
    public static final Step<AlienReload> ALIEN_RELOAD =
            new Step<>(
                    "slubq.remote.alien_reload",
                    (k, s, before, c, node) -> AlienCache.queue(k, s, c, node),
                    (code, reached) ->
                            (k, s, before, c, node) -> {
                                reached.run();
                                return code.queue(k, s, before, c, node);
                            });

    /**
     * Right code removes the queues before it changes the shift that their addresses are computed
     * from, and makes new ones behind that (V4 of October 2010). Replaced by F13.
     */
    public static final Step<Reconfigure> RECONFIGURE =
            new Step<>(
                    "slubq.alien.reconfigure",
                    (k, t, s, shift) -> {
                        SharedCache.remove(k, t, s);
                        AlienCache.setShift(k, s, shift);
                        SharedCache.alloc(k, t, s);
                    },
                    (code, reached) ->
                            (k, t, s, shift) -> {
                                reached.run();
                                code.run(k, t, s, shift);
                            });

    /**
     * Right code is a memmove: what is left overlaps with where it goes when less than half of the
     * queue is dropped. Replaced by F16.
     */
    public static final Step<Slide> SLIDE =
            new Step<>(
                    "slubq.drain.slide",
                    KmemCacheQueue::slide,
                    (code, reached) ->
                            (m, q, dropped) -> {
                                reached.run();
                                code.slide(m, q, dropped);
                            });

    /** Right code reads nothing behind the last object. Replaced by F17. */
    public static final Step<Next> NEXT =
            new Step<>(
                    "slubq.drain.next",
                    (m, vector, i, count) ->
                            i < count ? m.read(vector + (long) i * Memory.WORD) : 0,
                    (code, reached) ->
                            (m, vector, i, count) -> {
                                reached.run();
                                return code.object(m, vector, i, count);
                            });

    /**
     * Right code computes the offset of every object, whatever the one before was. Replaced by F18.
     */
    public static final Step<Offset> OFFSET =
            new Step<>(
                    "slubq.drain.offset",
                    (before, aligned, object, start) -> object - start,
                    (code, reached) ->
                            (before, aligned, object, start) -> {
                                reached.run();
                                return code.of(before, aligned, object, start);
                            });

    /**
     * Right code passes over the alien queue of a CPU's own node, which there is none of. Replaced
     * by F19.
     */
    public static final Step<SkipQueue> SKIP_QUEUE =
            new Step<>(
                    "slubq.expire.skip_queue",
                    queue -> queue == 0,
                    (code, reached) ->
                            queue -> {
                                reached.run();
                                return code.skips(queue);
                            });

    /**
     * Right code turns irqs off before it takes the lock: an interrupt that hits the holder and
     * frees would wait for it for ever. Replaced by F20.
     */
    public static final Step<QueueLock> EXPIRE_QUEUE_LOCK =
            new Step<>(
                    "slubq.expire.queue_lock",
                    new QueueLock() {
                        @Override
                        public boolean lock(Slubq k, Task t, long q, LockClass lockClass) {
                            return k.machine.spinLockIrqSave(t, q + KmemCacheQueue.LOCK, lockClass);
                        }

                        @Override
                        public void unlock(
                                Slubq k, Task t, long q, LockClass lockClass, boolean wereOff) {
                            k.machine.spinUnlockIrqRestore(
                                    t, q + KmemCacheQueue.LOCK, lockClass, wereOff);
                        }
                    },
                    SlubqNumaSteps::watched);

    /**
     * Right code holds slub_lock for read while it walks the areas of all CPUs (S+Q3 15/23, rule
     * B). Replaced by F21.
     */
    public static final Step<ExpireLock> EXPIRE_BY_HAND =
            new Step<>(
                    "slubq.expire.by_hand",
                    (k, t, walk) -> {
                        if (!k.slab.storeLockShared(t, "expire_store")) {
                            return Errno.ERESTARTSYS;
                        }
                        long reclaimed = walk.getAsLong();
                        k.slab.upRead(t);
                        return reclaimed;
                    },
                    SlubqNumaSteps::watched);

    /**
     * Right code only tries for slub_lock, and gives up: reclaim may be run by who holds it (V4 of
     * October 2010). It tries for write, so that one task at a time reclaims. Replaced by F22.
     */
    public static final Step<ExpireLock> EXPIRE_ALL =
            new Step<>(
                    "slubq.expire.all",
                    (k, t, walk) -> {
                        long lock = k.slab.wiring().slubLock();
                        if (!k.machine.downWriteTryLock(t, lock, LockClass.SLUB_LOCK)) {
                            return 0;
                        }
                        long reclaimed = walk.getAsLong();
                        k.slab.upWrite(t);
                        return reclaimed;
                    },
                    SlubqNumaSteps::watched);

    /**
     * Right code leaves the batch alone until slub_lock is held; then the resize lowers it with the
     * queue. Replaced by F07.
     */
    public static final Step<BatchClamp> BATCH_CLAMP =
            new Step<>(
                    "slubq.tunables.batch_clamp",
                    (k, s, size, moment) -> {
                        // A resize sets the batch with the queue.
                    },
                    (code, reached) ->
                            (k, s, size, moment) -> {
                                reached.run();
                                code.at(k, s, size, moment);
                            });

    /**
     * Right code counts the whole area: struct kmem_cache_cpu with its queue, in cache lines. The
     * series counted struct kmem_cache (9/23). Replaced by F23.
     */
    public static final Step<EarlySize> EARLY_SIZE =
            new Step<>(
                    "slubq.boot.early_size",
                    KmemCacheCpu::areaBytes,
                    (code, reached) ->
                            (layout, queue, cacheLine) -> {
                                reached.run();
                                return code.bytes(layout, queue, cacheLine);
                            });

    private static final SlubqNumaSteps MAINLINE = new SlubqNumaSteps(Steps.mainline());

    final NodeFits nodeFits;
    final SharedTake sharedTake;
    final AreaSize areaSize;
    final Forget forget;
    final RemoteTake remoteTake;
    final AlienReload alienReload;
    final Reconfigure reconfigure;
    final Slide slide;
    final Next next;
    final Offset offset;
    final SkipQueue skipQueue;
    final QueueLock expireQueueLock;
    final ExpireLock expireByHand;
    final ExpireLock expireAll;
    final BatchClamp batchClamp;
    final EarlySize earlySize;
    final NodeSteps.RemoteFlags remoteFlags;
    final LookSteps.Shown shown;
    final LookSteps.DebugLock debugLock;
    final NodeSteps.NewSlabFlags newSlabFlags;

    private SlubqNumaSteps(Steps steps) {
        nodeFits = steps.get(NODE_FITS);
        sharedTake = steps.get(SHARED_TAKE);
        areaSize = steps.get(AREA_SIZE);
        forget = steps.get(FORGET);
        remoteTake = steps.get(REMOTE_TAKE);
        alienReload = steps.get(ALIEN_RELOAD);
        reconfigure = steps.get(RECONFIGURE);
        slide = steps.get(SLIDE);
        next = steps.get(NEXT);
        offset = steps.get(OFFSET);
        skipQueue = steps.get(SKIP_QUEUE);
        expireQueueLock = steps.get(EXPIRE_QUEUE_LOCK);
        expireByHand = steps.get(EXPIRE_BY_HAND);
        expireAll = steps.get(EXPIRE_ALL);
        batchClamp = steps.get(BATCH_CLAMP);
        earlySize = steps.get(EARLY_SIZE);
        shown = steps.get(LookSteps.SHOWN);
        debugLock = steps.get(LookSteps.DEBUG_LOCK);
        remoteFlags = steps.get(NodeSteps.REMOTE_FLAGS);
        newSlabFlags = steps.get(NodeSteps.NEW_SLAB_FLAGS);
    }

    static SlubqNumaSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new SlubqNumaSteps(steps);
    }

    private static ExpireLock watched(ExpireLock code, Runnable reached) {
        return (k, t, walk) -> {
            reached.run();
            return code.under(k, t, walk);
        };
    }

    private static QueueLock watched(QueueLock code, Runnable reached) {
        return new QueueLock() {
            @Override
            public boolean lock(Slubq k, Task t, long q, LockClass lockClass) {
                reached.run();
                return code.lock(k, t, q, lockClass);
            }

            @Override
            public void unlock(Slubq k, Task t, long q, LockClass lockClass, boolean wereOff) {
                code.unlock(k, t, q, lockClass, wereOff);
            }
        };
    }
}
