package org.slubcheck.slab;

import java.util.function.IntSupplier;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;

/**
 * The steps of boot, creation and destruction that were once wrong, as constants; and the code that
 * one kernel runs at each of them, as fields, looked up once and shared by all its forks.
 */
public final class SlabSteps {
    /** When kmem_size gets its final value. */
    @FunctionalInterface
    public interface KmemSize {
        /** Where kmem_cache_init is. */
        enum Moment {
            /** Nothing was opened yet. */
            FIRST,
            /** All caches are made. */
            LAST
        }

        /** Called at each moment; must have called {@link Slab#dynamicKmemSize} by the end. */
        void at(Slab k, Task t, Moment moment);
    }

    /** Moves a boot cache out of its page. */
    @FunctionalInterface
    public interface MoveBootCache {
        /** Returns the new home of the temporary struct, with its contents. */
        long move(Slab k, Task t, long temp);
    }

    /** Repairs what moving an embedded node broke. */
    @FunctionalInterface
    public interface MoveLists {
        /** The real struct is a plain copy of the temporary one when this is called. */
        void move(Slab k, Task t, long temp, long real);
    }

    /** Tells the pages of a moved boot cache where their cache is. */
    @FunctionalInterface
    public interface FixupOwner {
        /** Before the page of the temporary struct is freed. */
        void fixup(Slab k, Task t, long temp, long real);
    }

    /** The reference count of a boot cache. */
    @FunctionalInterface
    public interface BootRefcount {
        /** Sets it. */
        void set(Slab k, Task t, long s);
    }

    /** A check of a pointer that an allocation returned. */
    @FunctionalInterface
    public interface Check {
        /** True when the kernel goes on with the pointer. */
        boolean usable(long pointer);
    }

    /** Where kmem_cache_destroy gives slub_lock back. */
    @FunctionalInterface
    public interface DestroyUnlock {
        /** How far the destruction is. */
        enum Moment {
            /** The last reference is gone and the cache is off the list. */
            UNLINKED,
            /** Sysfs entry and struct are gone. */
            DONE,
            /** References are left; nothing else happened or will happen. */
            KEPT
        }

        /** Called at each moment that is reached, in order; unlocks at exactly one of them. */
        void at(Slab k, Task t, Moment moment);
    }

    /** How slub_lock is kept over the sysfs registration of a cache or alias. */
    @FunctionalInterface
    public interface AliasLock {
        /** Runs the registration and returns its result; the lock is held before and after. */
        int around(Slab k, Task t, IntSupplier registration);
    }

    /** What happens to slub_lock on an error exit. */
    @FunctionalInterface
    public interface ErrorExit {
        /** slub_lock is held for write. */
        void leave(Slab k, Task t);
    }

    /** Where the caches of DMA requests come from. */
    public interface DmaCache {
        /** The end of kmem_cache_init, in state UP: one CPU, irqs off, no lock. */
        void atBoot(Slab k, Task t);

        /** The cache of a kmalloc index, or 0. Any context that the flags allow; irqs as found. */
        long cache(Slab k, Task t, int index, int gfp);
    }

    /** What the loop over the DMA caches mirrors. */
    @FunctionalInterface
    public interface DmaSource {
        /** The cache whose size the DMA cache of this index gets; 0 for none. */
        long source(Slab k, int index);
    }

    /** The lock over a late creation of the DMA caches. */
    @FunctionalInterface
    public interface DmaLateLock {
        /** Runs the loop; irqs are on and no lock is held. */
        void around(Slab k, Task t, Runnable loop);
    }

    /** The gfp mask of early boot. */
    @FunctionalInterface
    public interface BootGfpMask {
        /** The gfp_allowed_mask while irqs are off. */
        int mask();
    }

    /**
     * Right code sets kmem_size from nr_node_ids before any cache is opened: every memset, memcpy
     * and creation after that uses it.
     */
    public static final Step<KmemSize> KMEM_SIZE =
            new Step<>(
                    "slab.boot.kmem_size",
                    (k, t, moment) -> {
                        if (moment == KmemSize.Moment.FIRST) {
                            k.dynamicKmemSize();
                        }
                    },
                    (code, reached) ->
                            (k, t, moment) -> {
                                reached.run();
                                code.at(k, t, moment);
                            });

    /**
     * Right code allocates the new struct first and copies then: the allocation changes the very
     * struct that is copied (its per-CPU queue, nr_partial, nr_slabs).
     */
    public static final Step<MoveBootCache> MOVE_BOOT_CACHE =
            new Step<>(
                    "slab.boot.move",
                    (k, t, temp) -> {
                        long real = k.allocBootStruct(t);
                        k.memory().copy(real, temp, k.kmemSize());
                        return real;
                    },
                    (code, reached) ->
                            (k, t, temp) -> {
                                reached.run();
                                return code.move(k, t, temp);
                            });

    /**
     * UMA only. Right code makes the two copied list heads empty and splices the lists of the
     * temporary struct in; before the fix-up, and before the temporary page is freed.
     */
    public static final Step<MoveLists> MOVE_LISTS =
            new Step<>(
                    "slab.boot.lists",
                    (k, t, temp, real) -> {
                        Memory m = k.memory();
                        for (int head : new int[] {KmemCacheNode.PARTIAL, KmemCacheNode.FULL}) {
                            long from = temp + KmemCache.NODE + head;
                            long to = real + KmemCache.NODE + head;
                            ListHead.init(m, to);
                            ListHead.splice(m, from, to);
                        }
                    },
                    (code, reached) ->
                            (k, t, temp, real) -> {
                                reached.run();
                                code.move(k, t, temp, real);
                            });

    /**
     * Right code rewrites page-&gt;slab of every slab that names the temporary struct.
     *
     * <p>The commit of 2010 walks the partial lists, and (after a typo was mended) the full lists.
     * That is not enough: a slab whose objects are all handed out or queued is on no list at all
     * unless the cache stores users, and under S+Q the very slab that the new struct came from is
     * such a one. Flushing the queues first (as mainline did with cpu slabs in 2013) does not help
     * a slab that holds one object. So all pages are looked at; it is boot, there are few.
     */
    public static final Step<FixupOwner> FIXUP_OWNER =
            new Step<>(
                    "slab.boot.fixup",
                    (k, t, temp, real) -> {
                        Memory m = k.memory();
                        for (long pfn = 0; pfn < k.pages().pages(); pfn++) {
                            long page = k.pages().pageAt(pfn);
                            if (PageStruct.isSlab(m, page) && PageStruct.slab(m, page) == temp) {
                                PageStruct.setSlab(m, page, real);
                            }
                        }
                    },
                    (code, reached) ->
                            (k, t, temp, real) -> {
                                reached.run();
                                code.fixup(k, t, temp, real);
                            });

    /** Right code makes boot caches unmergeable: a reference count of -1. */
    public static final Step<BootRefcount> BOOT_REFCOUNT =
            new Step<>(
                    "slab.boot.refcount",
                    (k, t, s) -> KmemCache.setRefcount(k.memory(), s, -1),
                    (code, reached) ->
                            (k, t, s) -> {
                                reached.run();
                                code.set(k, t, s);
                            });

    /**
     * Right code panics when there is no memory for a boot struct or for the struct of a kmalloc
     * cache.
     */
    public static final Step<Check> CHECK_KMALLOC_STRUCT = check("slab.boot.check_struct");

    /** Right code BUGs at boot when kasprintf has no memory for a name (S+Q3 6/23). */
    public static final Step<Check> CHECK_NAME = check("slab.boot.check_name");

    /**
     * Right code holds slub_lock until the cache is closed and gone from sysfs (S+Q3 10/23): until
     * then its name is taken.
     */
    public static final Step<DestroyUnlock> DESTROY_UNLOCK =
            new Step<>(
                    "slab.destroy.unlock",
                    (k, t, moment) -> {
                        if (moment != DestroyUnlock.Moment.UNLINKED) {
                            k.upWrite(t);
                        }
                    },
                    (code, reached) ->
                            (k, t, moment) -> {
                                reached.run();
                                code.at(k, t, moment);
                            });

    /**
     * Right code holds slub_lock over the registration in sysfs (S+Q3 10/23): in between, a
     * destroy would see a reference that may be taken back, and a create could merge with a cache
     * that is about to be undone.
     */
    public static final Step<AliasLock> ALIAS_LOCK =
            new Step<>(
                    "slab.create.alias_lock",
                    (k, t, registration) -> registration.getAsInt(),
                    (code, reached) ->
                            (k, t, registration) -> {
                                reached.run();
                                return code.around(k, t, registration);
                            });

    /** Right code gives slub_lock back on every error exit of create (fixed in 2.6.37-rc2). */
    public static final Step<ErrorExit> CREATE_ERROR_EXIT =
            new Step<>(
                    "slab.create.error_exit",
                    Slab::upWrite,
                    (code, reached) ->
                            (k, t) -> {
                                reached.run();
                                code.leave(k, t);
                            });

    /**
     * Right code fills the array at boot, when there is one CPU, and looks the cache up there (S+Q3
     * 8/23): no allocation creates, locks or publishes anything.
     */
    public static final Step<DmaCache> DMA_CACHE =
            new Step<>("slab.kmalloc.dma_cache", new BootDmaCaches(), WatchedDmaCache::new);

    /** Right code mirrors kmalloc caches only; index 0 has none. */
    public static final Step<DmaSource> DMA_SOURCE =
            new Step<>(
                    "slab.boot.dma_source",
                    (k, index) -> k.memory().read(k.wiring().kmallocSlot(index)),
                    (code, reached) ->
                            (k, index) -> {
                                reached.run();
                                return code.source(k, index);
                            });

    /** Right code holds slub_lock for write while it adds to slab_caches with irqs on. */
    public static final Step<DmaLateLock> DMA_LATE_LOCK =
            new Step<>(
                    "slab.late.lock",
                    (k, t, loop) -> {
                        k.downWrite(t, "kmem_cache_init_late");
                        loop.run();
                        k.upWrite(t);
                    },
                    (code, reached) ->
                            (k, t, loop) -> {
                                reached.run();
                                code.around(k, t, loop);
                            });

    /** Right code takes WAIT, IO and FS out of every request until irqs are on. */
    public static final Step<BootGfpMask> BOOT_GFP_MASK =
            new Step<>(
                    "slab.boot.gfp_mask",
                    () -> Gfp.BOOT_MASK,
                    (code, reached) ->
                            () -> {
                                reached.run();
                                return code.mask();
                            });

    final KmemSize kmemSize;
    final MoveBootCache moveBootCache;
    final MoveLists moveLists;
    final FixupOwner fixupOwner;
    final BootRefcount bootRefcount;
    final Check checkKmallocStruct;
    final Check checkName;
    final DestroyUnlock destroyUnlock;
    final AliasLock aliasLock;
    final ErrorExit createErrorExit;
    final DmaCache dmaCache;
    final DmaSource dmaSource;
    final DmaLateLock dmaLateLock;
    final BootGfpMask bootGfpMask;

    private static final SlabSteps MAINLINE = new SlabSteps(Steps.mainline());

    static SlabSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new SlabSteps(steps);
    }

    final BootSteps.FreeBlock freeBlock;
    final BootSteps.SizeIndex sizeIndex;
    final BootSteps.KmallocNames kmallocNames;
    final BootSteps.DmaMoment dmaMoment;
    final BootSteps.RemoveGuard removeGuard;
    final BootSteps.SysfsRefusal sysfsRefusal;
    final SysfsSteps.HandlerLock handlerLock;
    final SysfsSteps.NodeWalk nodeWalk;
    final RcuSteps.Barrier rcuBarrier;
    final CpusSteps.KeepCpus keepCpus;
    final SysfsSteps.FileWork fileWork;
    final CpusSteps.FirstAreas firstAreas;
    final ReleaseSteps.Release release;
    final CloseSteps.Lock closeLock;
    final CloseSteps.Areas closeAreas;
    final AttributeSteps.DebugFlag debugFlag;
    final DebugSteps.KmallocFlags kmallocDebug;
    final HotplugSteps.Register registerNotifier;
    final HotplugSteps.NodeNeeded nodeNeeded;
    final HotplugSteps.NodeCache nodeCache;
    final HotplugSteps.NodeGone nodeGone;

    private SlabSteps(Steps steps) {
        freeBlock = steps.get(BootSteps.FREE_BLOCK);
        sizeIndex = steps.get(BootSteps.SIZE_INDEX);
        kmallocNames = steps.get(BootSteps.KMALLOC_NAMES);
        dmaMoment = steps.get(BootSteps.DMA_MOMENT);
        removeGuard = steps.get(BootSteps.REMOVE_GUARD);
        sysfsRefusal = steps.get(BootSteps.SYSFS_REFUSAL);
        handlerLock = steps.get(SysfsSteps.HANDLER_LOCK);
        nodeWalk = steps.get(SysfsSteps.NODE_WALK);
        rcuBarrier = steps.get(RcuSteps.BARRIER);
        keepCpus = steps.get(CpusSteps.KEEP_CPUS);
        fileWork = steps.get(SysfsSteps.FILE_WORK);
        firstAreas = steps.get(CpusSteps.FIRST_AREAS);
        release = steps.get(ReleaseSteps.RELEASE);
        closeLock = steps.get(CloseSteps.LOCK);
        closeAreas = steps.get(CloseSteps.AREAS);
        debugFlag = steps.get(AttributeSteps.DEBUG_FLAG);
        kmallocDebug = steps.get(DebugSteps.KMALLOC_FLAGS);
        registerNotifier = steps.get(HotplugSteps.REGISTER);
        nodeNeeded = steps.get(HotplugSteps.NODE_NEEDED);
        nodeCache = steps.get(HotplugSteps.NODE_CACHE);
        nodeGone = steps.get(HotplugSteps.NODE_GONE);
        kmemSize = steps.get(KMEM_SIZE);
        moveBootCache = steps.get(MOVE_BOOT_CACHE);
        moveLists = steps.get(MOVE_LISTS);
        fixupOwner = steps.get(FIXUP_OWNER);
        bootRefcount = steps.get(BOOT_REFCOUNT);
        checkKmallocStruct = steps.get(CHECK_KMALLOC_STRUCT);
        checkName = steps.get(CHECK_NAME);
        destroyUnlock = steps.get(DESTROY_UNLOCK);
        aliasLock = steps.get(ALIAS_LOCK);
        createErrorExit = steps.get(CREATE_ERROR_EXIT);
        dmaCache = steps.get(DMA_CACHE);
        dmaSource = steps.get(DMA_SOURCE);
        dmaLateLock = steps.get(DMA_LATE_LOCK);
        bootGfpMask = steps.get(BOOT_GFP_MASK);
    }

    private static Step<Check> check(String name) {
        return new Step<>(
                name,
                pointer -> pointer != 0,
                (code, reached) ->
                        pointer -> {
                            reached.run();
                            return code.usable(pointer);
                        });
    }

    /** The mainline of {@link #DMA_CACHE}. */
    private static final class BootDmaCaches implements DmaCache {
        @Override
        public void atBoot(Slab k, Task t) {
            SlabBoot.createDmaCaches(k, t, Gfp.NOWAIT);
        }

        @Override
        public long cache(Slab k, Task t, int index, int gfp) {
            return k.memory().read(k.wiring().kmallocDmaSlot(index));
        }
    }

    /** A {@link DmaCache} that signals each look-up. */
    private record WatchedDmaCache(DmaCache code, Runnable reached) implements DmaCache {
        @Override
        public void atBoot(Slab k, Task t) {
            code.atBoot(k, t);
        }

        @Override
        public long cache(Slab k, Task t, int index, int gfp) {
            reached.run();
            return code.cache(k, t, index, gfp);
        }
    }
}
