package org.slubcheck.slab;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Hotplug.MemoryEvent;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;

/**
 * slab_memory_callback: caches get a struct kmem_cache_node for a node before its memory is there, and
 * give slabs back before it goes (Y. Goto, October 2007, 2.6.24).
 *
 * <p>Two corrections to 2.6.36, both of 2021 (V. Babka):
 *
 * <ul>
 *   <li>A struct stays when its node has gone, and serves again when the node comes back: nobody who
 *       looks at a node without slub_lock could know how long it lives.
 *   <li>Which nodes have structs is a mask under slub_lock. A cache that is created while a node comes
 *       makes one for it if the callback is past, and leaves it to the callback if not. For this the
 *       callback holds slub_lock for write.
 * </ul>
 *
 * <p>The structs are made of whatever memory is there, which is another node's. So a node that was
 * there at boot never goes, as its structs are on it; one that came later may.
 */
final class NodeHotplug {
    private NodeHotplug() {}

    /** slab_nodes at boot: the nodes that have memory then. */
    static void init(Slab k) {
        Geometry g = k.geometry();
        if (k.wiring().slabNodes() != 0) {
            long nodes = 0;
            for (int node = 0; node < g.nodes(); node++) {
                nodes |= g.isLate(node) && node > 0 ? 0 : 1L << node;
            }
            k.memory().write(k.wiring().slabNodes(), nodes);
        }
    }

    /** Whether caches have structs of a node; slub_lock is held, or one CPU boots. */
    static boolean used(Slab k, int node) {
        long word = k.wiring().slabNodes();
        return word == 0 || (k.memory().read(word) >>> node & 1) != 0;
    }

    /** mem_hotplug.lock is held for write, irqs are on. False refuses. */
    static boolean callback(Slab k, Task t, MemoryEvent event, int node) {
        switch (event) {
            case GOING_ONLINE -> {
                return goingOnline(k, t, node);
            }
            case GOING_OFFLINE -> goingOffline(k, t, node);
            case CANCEL_ONLINE, CANCEL_OFFLINE ->
                    use(k, t, node, event == MemoryEvent.CANCEL_OFFLINE, "slab_memory_callback");
            case OFFLINE -> k.code.nodeGone.at(k, t, node);
            case ONLINE -> {
                // Queues moved to the node when it was about to come.
            }
        }
        return true;
    }

    /** False when there is no memory for a struct; those that were made stay. */
    private static boolean goingOnline(Slab k, Task t, int node) {
        k.downWrite(t, "slab_mem_going_online_callback");
        Memory m = k.memory();
        boolean all = true;
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head && all; at = ListHead.next(m, at)) {
            all = makeNode(k, t, at - KmemCache.LIST, node);
        }
        if (all) {
            useUnder(k, t, node, true);
        }
        k.upWrite(t);
        return all;
    }

    private static boolean makeNode(Slab k, Task t, long s, int node) {
        if (!k.code.nodeNeeded.needed(k, s, node)) {
            return true;
        }
        long n = k.engine().alloc(t, k.code.nodeCache.cache(k), Gfp.KERNEL, -1);
        if (n == 0) {
            return false;
        }
        k.engine().initKmemCacheNode(n);
        k.memory().storeRelease(KmemCache.nodeSlot(s, node), n);
        return true;
    }

    /**
     * Nobody keeps objects of the node any more but callers, and empty slabs are gone. 2.6.36 shrinks
     * every cache, also those that have no slab there.
     */
    private static void goingOffline(Slab k, Task t, int node) {
        use(k, t, node, false, "slab_mem_going_offline_callback");
        Memory m = k.memory();
        k.downRead(t, "slab_mem_going_offline_callback");
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long s = at - KmemCache.LIST;
            long n = k.node(s, node);
            if (n != 0 && KmemCacheNode.nrSlabs(m, n) != 0) {
                k.shrink(t, s);
            }
        }
        k.upRead(t);
    }

    private static void use(Slab k, Task t, int node, boolean used, String where) {
        k.downWrite(t, where);
        useUnder(k, t, node, used);
        k.upWrite(t);
    }

    /** Changes slab_nodes, and moves what CPUs keep; slub_lock is held for write. */
    private static void useUnder(Slab k, Task t, int node, boolean used) {
        Memory m = k.memory();
        // Memory in ZONE_DMA is there always.
        if (node == 0 || used(k, node) == used) {
            return;
        }
        long word = k.wiring().slabNodes();
        m.write(word, m.read(word) ^ 1L << node);
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            k.engine().nodesChanged(t, at - KmemCache.LIST);
        }
    }
}
