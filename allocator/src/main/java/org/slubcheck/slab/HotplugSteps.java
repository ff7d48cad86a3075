package org.slubcheck.slab;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The steps of memory hotplug that were once wrong. */
public final class HotplugSteps {
    /** When slab_memory_callback is registered. */
    @FunctionalInterface
    public interface Register {
        /** How far the boot is. */
        enum Moment {
            /** kmem_cache_node is open and nothing else: one CPU, irqs off. */
            DOWN,
            /** hotplug_memory_notifier: everything works, irqs are on. */
            LATE
        }

        /** Called at each moment; registers at exactly one of them. */
        void at(Slab k, Task t, Moment moment);
    }

    /** Whether a cache lacks a struct for a node that is about to come. */
    @FunctionalInterface
    public interface NodeNeeded {
        /** slub_lock is held for write. */
        boolean needed(Slab k, long s, int node);
    }

    /** The cache that structs kmem_cache_node come from. */
    @FunctionalInterface
    public interface NodeCache {
        /** The address of a struct kmem_cache. */
        long cache(Slab k);
    }

    /** What happens to the structs of a node whose memory is gone. */
    @FunctionalInterface
    public interface NodeGone {
        /** mem_hotplug.lock is held for write; nobody has an object of the node. */
        void at(Slab k, Task t, int node);
    }

    /**
     * Right code registers when the callback can do what it has to: take slub_lock, and allocate. Memory
     * that comes earlier waits for that. Replaced by B15.
     */
    public static final Step<Register> REGISTER =
            new Step<>(
                    "slab.hotplug.register",
                    (k, t, moment) -> {
                        if (moment == Register.Moment.LATE) {
                            k.memoryHotplug().register(t);
                        }
                    },
                    (code, reached) ->
                            (k, t, moment) -> {
                                reached.run();
                                code.at(k, t, moment);
                            });

    /**
     * Right code makes none on a kernel without NUMA, where the struct is part of the cache and there is
     * no cache of such structs, and none where one has stayed. Replaced by B12.
     */
    public static final Step<NodeNeeded> NODE_NEEDED =
            new Step<>(
                    "slab.hotplug.node_needed",
                    (k, s, node) -> k.node(s, node) == 0,
                    (code, reached) ->
                            (k, s, node) -> {
                                reached.run();
                                return code.needed(k, s, node);
                            });

    /** Right code takes kmem_cache_node. Replaced by B11. */
    public static final Step<NodeCache> NODE_CACHE =
            new Step<>(
                    "slab.hotplug.node_cache",
                    Slab::kmemCacheNode,
                    (code, reached) ->
                            k -> {
                                reached.run();
                                return code.cache(k);
                            });

    /** Right code leaves them alone for ever (2021). Replaced by U3a. */
    public static final Step<NodeGone> NODE_GONE =
            new Step<>(
                    "slab.hotplug.node_gone",
                    (k, t, node) -> {
                        // Each is there when the node comes back.
                    },
                    (code, reached) ->
                            (k, t, node) -> {
                                reached.run();
                                code.at(k, t, node);
                            });

    private HotplugSteps() {}
}
