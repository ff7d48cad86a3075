package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** More steps of boot that were once wrong: sizes, names, and what happens before sysfs is up. */
public final class BootSteps {
    /** When the table of small sizes learns of a large minimum alignment. */
    @FunctionalInterface
    public interface SizeIndex {
        /** Where kmem_cache_init is. */
        enum Moment {
            /** No kmalloc cache is there yet. */
            FIRST,
            /** The state is UP and all of them have their names. */
            LAST
        }

        /** Called at each moment; must have called {@link Slab#patchSizeIndex} by the end. */
        void at(Slab k, Moment moment);
    }

    /** How the kmalloc caches get their names. */
    @FunctionalInterface
    public interface KmallocNames {
        /** The state is UP; all of them are called "kmalloc". */
        void name(Slab k, Task t, Runnable provide);
    }

    /** Whether a cache that goes is taken out of sysfs. */
    @FunctionalInterface
    public interface RemoveGuard {
        /** True when it is; slub_lock held for write. */
        boolean removes(Slab k);
    }

    /** How a cache is undone that sysfs refused. */
    @FunctionalInterface
    public interface SysfsRefusal {
        /** slub_lock held for write; the cache is listed, and nobody knows it yet. */
        void undo(Slab k, Task t, long s);
    }

    /** When the caches for kmalloc with GFP_DMA are made. */
    @FunctionalInterface
    public interface DmaMoment {
        /** Where the boot is. */
        enum Moment {
            /** The end of kmem_cache_init: one CPU, irqs off. */
            INIT,
            /** kmem_cache_init_late: irqs are on. */
            LATE
        }

        /** True at exactly one of them; asked only on a machine with ZONE_DMA. */
        boolean due(Slab k, Moment moment);
    }

    /** When the block goes back that the boot structs started in. */
    @FunctionalInterface
    public interface FreeBlock {
        /** Where kmem_cache_init is. */
        enum Moment {
            /** kmem_cache has moved; on NUMA kmem_cache_node has not. */
            MOVED,
            /** Every struct has moved, and all slabs know their owners. */
            FIXED
        }

        /** Called at each moment; frees once. */
        void at(Slab k, Task t, Moment moment, Runnable free);
    }

    /**
     * Right code frees the block when both structs have moved out of it and nothing names it any
     * more: they share it. Replaced by B06.
     */
    public static final Step<FreeBlock> FREE_BLOCK =
            new Step<>(
                    "slab.boot.free_block",
                    (k, t, moment, free) -> {
                        if (moment == FreeBlock.Moment.FIXED) {
                            free.run();
                        }
                    },
                    (code, reached) ->
                            (k, t, moment, free) -> {
                                reached.run();
                                code.at(k, t, moment, free);
                            });

    /** Right code corrects the table before anything is kmalloced. Replaced by B10. */
    public static final Step<SizeIndex> SIZE_INDEX =
            new Step<>(
                    "slab.boot.size_index",
                    (k, moment) -> {
                        if (moment == SizeIndex.Moment.FIRST) {
                            k.patchSizeIndex();
                        }
                    },
                    (code, reached) ->
                            (k, moment) -> {
                                reached.run();
                                code.at(k, moment);
                            });

    /**
     * Right code gives each cache a name of its own as soon as kasprintf works; the literal that all
     * have until then is nobody's to free. Replaced by B14.
     */
    public static final Step<KmallocNames> KMALLOC_NAMES =
            new Step<>(
                    "slab.boot.kmalloc_names",
                    (k, t, provide) -> provide.run(),
                    (code, reached) ->
                            (k, t, provide) -> {
                                reached.run();
                                code.name(k, t, provide);
                            });

    /**
     * Right code leaves sysfs alone before the state is SYSFS: the cache's kobject was never
     * initialised (S+Q3 10/23). Replaced by Q10.
     */
    public static final Step<RemoveGuard> REMOVE_GUARD =
            new Step<>(
                    "slab.sysfs.remove_guard",
                    SysfsSlab::up,
                    (code, reached) ->
                            k -> {
                                reached.run();
                                return code.removes(k);
                            });

    /** Right code frees the struct once, behind everything that it leads to. Replaced by Q14 and U4. */
    public static final Step<SysfsRefusal> SYSFS_REFUSAL =
            new Step<>(
                    "slab.create.sysfs_refusal",
                    Slab::undoCreate,
                    (code, reached) ->
                            (k, t, s) -> {
                                reached.run();
                                code.undo(k, t, s);
                            });

    /**
     * Right code makes them in kmem_cache_init: drivers allocate DMA buffers before
     * kmem_cache_init_late (17 August 2010). {@link SlabConfig#dmaLate} asks for the other moment, and
     * then nobody may. Replaced by Q12.
     */
    public static final Step<DmaMoment> DMA_MOMENT =
            new Step<>(
                    "slab.boot.dma_moment",
                    (k, moment) -> k.config().dmaLate() == (moment == DmaMoment.Moment.LATE),
                    (code, reached) ->
                            (k, moment) -> {
                                reached.run();
                                return code.due(k, moment);
                            });

    private BootSteps() {}
}
