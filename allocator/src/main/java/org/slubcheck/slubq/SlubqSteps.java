package org.slubcheck.slubq;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * The steps of the queueing core that were once wrong, as constants; and the code that one kernel
 * runs at each of them, as fields, looked up once and shared by all its forks.
 */
public final class SlubqSteps {
    /** Which per-CPU area an allocation goes on with behind its irq-enable window. */
    @FunctionalInterface
    public interface Reload {
        /** Irqs are off again; the area seen before the window; returns the area to fill. */
        long area(Slubq k, Task t, long s, long before);
    }

    /** The lock over a walk of the areas of all CPUs. */
    @FunctionalInterface
    public interface CpuWalk {
        /** Runs the walk and returns its text; irqs are on and no lock is held. */
        String under(Slubq k, Task t, Supplier<String> walk);
    }

    /** How the new slab of an irq-enable window is counted. */
    @FunctionalInterface
    public interface Stat {
        /**
         * Runs the window, which returns the new slab or 0, counts what it brought, and returns it.
         * Irqs are off before and after, and on within where the allocation may sleep.
         */
        long count(Slubq k, Task t, long s, LongSupplier window);
    }

    /** The order in which a resize becomes visible. */
    @FunctionalInterface
    public interface Publish {
        /**
         * Replaces the area of a cache and its tunables; slub_lock is held for write, irqs are on.
         *
         * @param area the new area, initialised and not yet visible
         * @param queue the new size asked for
         * @param flushOld empties the old area on every CPU; to be run once, behind the store of
         *     the pointer
         */
        void publish(Slubq k, Task t, long s, long area, int queue, Runnable flushOld);
    }

    /** How the old area of a resize is emptied. */
    @FunctionalInterface
    public interface FlushOld {
        /** The pointer leads to the new area already; slub_lock is held, irqs are on. */
        void flush(Slubq k, Task t, long s, long old);
    }

    /** Which areas a flush of all CPUs empties. */
    @FunctionalInterface
    public interface FlushAll {
        /** Irqs are on; slub_lock may be held or not. */
        void flush(Slubq k, Task t, long s);
    }

    /** The check of the area that a resize allocated. */
    @FunctionalInterface
    public interface NewArea {
        /** True when the resize goes on with it. */
        boolean usable(long area);
    }

    /** What the result of the pre-allocation hook means. */
    @FunctionalInterface
    public interface PreAlloc {
        /** True when the allocation fails; {@code injected}: the hook wants it to fail. */
        boolean refuses(boolean injected);
    }

    /** What happens to the saved irq state when an allocation starts over. */
    @FunctionalInterface
    public interface Redo {
        /** Irqs are off; returns the state to be restored at the end. */
        boolean flags(Slubq k, Task t, boolean saved);
    }

    /** How many objects a refill takes out of a slab. */
    @FunctionalInterface
    public interface RefillCount {
        /** Of the batch, the objects already queued and those that the slab has. */
        int count(int batch, int queued, int available);
    }

    /** Which batch sizes the tunable refuses. */
    @FunctionalInterface
    public interface BatchCheck {
        /** True when the value is invalid for a queue of this size. */
        boolean refuses(long batch, int queue);
    }

    /**
     * Right code reads {@code s->cpu} again and takes the area of the CPU that it runs on now
     * (S+Q3 15/23, rule A): while irqs were on, a resize may have freed the area and the task may
     * have moved. Irqs off, no lock held. Replaced by Q01.
     */
    public static final Step<Reload> RELOAD =
            new Step<>(
                    "slubq.alloc.reload",
                    (k, t, s, before) -> k.thisArea(t, s),
                    (code, reached) ->
                            (k, t, s, before) -> {
                                reached.run();
                                return code.area(k, t, s, before);
                            });

    /**
     * Right code holds slub_lock for read from the first area to the last (S+Q3 15/23, rule B): a
     * resize frees areas under slub_lock for write. It only tries, as an attribute's handler must.
     * Replaced by Q02.
     */
    public static final Step<CpuWalk> CPU_WALK =
            new Step<>(
                    "slubq.sysfs.cpu_walk",
                    (k, t, walk) -> k.slab().underHandlerLock(t, walk),
                    (code, reached) ->
                            (k, t, walk) -> {
                                reached.run();
                                return code.under(k, t, walk);
                            });

    /**
     * Right code reads {@code s->cpu} and counts there when irqs are off again (S+Q3 15/23, rule C):
     * increments may be lost to a resize or a reset, but the pointer must be valid, and only irqs
     * that are off hold up the resize that frees what it leads to. On a kernel with statistics only.
     * Replaced by Q03.
     */
    public static final Step<Stat> STAT =
            new Step<>(
                    "slubq.stat",
                    (k, t, s, window) -> {
                        long page = window.getAsLong();
                        if (page != 0) {
                            k.stat(t, s, StatItem.ALLOC_SLAB);
                        }
                        return page;
                    },
                    (code, reached) ->
                            (k, t, s, window) -> {
                                reached.run();
                                return code.count(k, t, s, window);
                            });

    /**
     * Right code lowers queue and batch before it stores the pointer, stores it with release, and
     * raises them only when the old areas are empty (S+Q3 15/23). So nobody ever has a batch that
     * is larger than his queue. Replaced by Q04, which stores too early, and by Q04r, which stores
     * without release.
     */
    public static final Step<Publish> PUBLISH =
            new Step<>(
                    "slubq.resize.publish",
                    (k, t, s, area, queue, flushOld) -> {
                        int before = KmemCache.queue(k.memory(), s);
                        if (queue < before) {
                            Resize.setTunables(k, s, queue);
                        }
                        k.memory().storeRelease(s + KmemCache.CPU, area);
                        flushOld.run();
                        if (queue > before) {
                            Resize.setTunables(k, s, queue);
                        }
                    },
                    (code, reached) ->
                            (k, t, s, area, queue, flushOld) -> {
                                reached.run();
                                code.publish(k, t, s, area, queue, flushOld);
                            });

    /**
     * Right code interrupts every CPU and waits, and empties the areas of those that are offline
     * itself: a CPU may be gone whose notifier waits for slub_lock. An allocation or free has irqs off, so once the
     * interrupt ran, nobody there uses the old area any more, and its objects are back in their
     * slabs. Replaced by Q04a.
     */
    public static final Step<FlushOld> FLUSH_OLD =
            new Step<>(
                    "slubq.resize.flush_old",
                    (k, t, s, old) ->
                            k.machine().onEachPossibleCpu(t, irq -> k.flushThisCpu(irq, s, old)),
                    (code, reached) ->
                            (k, t, s, old) -> {
                                reached.run();
                                code.flush(k, t, s, old);
                            });

    /**
     * Right code reads {@code s->cpu} in the interrupt, on the CPU that it interrupts (S+Q3 15/23,
     * rule A): the caller may hold no lock (kmem_cache_shrink, validate), so a resize may replace
     * and free the areas between two of its interrupts. Who has read the pointer with irqs off
     * holds up the resize's own interrupt, and with it the freeing. Replaced by O01.
     */
    public static final Step<FlushAll> FLUSH_ALL =
            new Step<>(
                    "slubq.flush_all",
                    (k, t, s) ->
                            k.machine()
                                    .onEachPossibleCpu(
                                            t,
                                            irq ->
                                                    k.flushThisCpu(
                                                            irq, s, KmemCache.cpu(k.memory(), s))),
                    (code, reached) ->
                            (k, t, s) -> {
                                reached.run();
                                code.flush(k, t, s);
                            });

    /**
     * Right code gives up with -ENOMEM before anything has changed when there is no memory for the
     * new area. slub_lock is held for write. Replaced by F08.
     */
    public static final Step<NewArea> NEW_AREA =
            new Step<>(
                    "slubq.resize.new_area",
                    area -> area != 0,
                    (code, reached) ->
                            area -> {
                                reached.run();
                                return code.usable(area);
                            });

    /**
     * Right code fails the allocation when the hook returned true, which means an injected
     * failure. Asked of each allocation that leaves the fast path, irqs off or as the caller has them;
     * those are all with failslab, statistics, debugging, and in an atomic context. The fast path does
     * not ask: no failure can be injected there. Code that refuses what was not injected is asked of
     * every allocation: nothing ever gets into a queue. Replaced by Q19.
     */
    public static final Step<PreAlloc> PRE_ALLOC =
            new Step<>(
                    "slubq.alloc.pre_hook",
                    injected -> injected,
                    (code, reached) ->
                            injected -> {
                                reached.run();
                                return code.refuses(injected);
                            });

    /**
     * Right code keeps what the first local_irq_save returned: irqs are off already when it starts
     * over, and saving that state would leave them off for ever. Replaced by F01.
     */
    public static final Step<Redo> REDO =
            new Step<>(
                    "slubq.alloc.redo",
                    (k, t, saved) -> saved,
                    (code, reached) ->
                            (k, t, saved) -> {
                                reached.run();
                                return code.flags(k, t, saved);
                            });

    /**
     * Right code never takes a negative number: the task may have moved to a CPU whose queue holds
     * more than a batch. The slab's lock is held. Replaced by F02.
     */
    public static final Step<RefillCount> REFILL_COUNT =
            new Step<>(
                    "slubq.refill.count",
                    (batch, queued, available) -> Math.max(0, Math.min(batch - queued, available)),
                    (code, reached) ->
                            (batch, queued, available) -> {
                                reached.run();
                                return code.count(batch, queued, available);
                            });

    /**
     * Right code accepts {@link Tunables#MIN_QUEUE} up to the size of the queue: a larger batch
     * overruns it. slub_lock is held for write. Replaced by F06.
     */
    public static final Step<BatchCheck> BATCH_CHECK =
            new Step<>(
                    "slubq.tunables.batch_check",
                    (batch, queue) -> batch < Tunables.MIN_QUEUE || batch > queue,
                    (code, reached) ->
                            (batch, queue) -> {
                                reached.run();
                                return code.refuses(batch, queue);
                            });

    private static final SlubqSteps MAINLINE = new SlubqSteps(Steps.mainline());

    final Reload reload;
    final CpuWalk cpuWalk;
    final Stat stat;
    final Publish publish;
    final FlushOld flushOld;
    final FlushAll flushAll;
    final NewArea newArea;
    final PreAlloc preAlloc;
    final Redo redo;
    final RefillCount refillCount;
    final BatchCheck batchCheck;

    private SlubqSteps(Steps steps) {
        reload = steps.get(RELOAD);
        cpuWalk = steps.get(CPU_WALK);
        stat = steps.get(STAT);
        publish = steps.get(PUBLISH);
        flushOld = steps.get(FLUSH_OLD);
        flushAll = steps.get(FLUSH_ALL);
        newArea = steps.get(NEW_AREA);
        preAlloc = steps.get(PRE_ALLOC);
        redo = steps.get(REDO);
        refillCount = steps.get(REFILL_COUNT);
        batchCheck = steps.get(BATCH_CHECK);
    }

    static SlubqSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new SlubqSteps(steps);
    }
}
