package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabState;

/** Which locks and interrupt lines are held on a kernel on which no task runs: none may be. */
final class Locks {
    private Locks() {}

    /** A lock or line: its name, and where its word is. */
    record Named(String name, long address) {}

    static List<String> held(Kernel kernel) {
        List<String> held = new ArrayList<>();
        for (Named lock : all(kernel)) {
            long value = kernel.memory().peek(lock.address);
            if (value != 0) {
                held.add(String.format("%s is held (0x%x)", lock.name, value));
            }
        }
        return held;
    }

    /** All that have a word of their own; the bit locks of slabs and the locks of queues do not count. */
    static List<Named> all(Kernel kernel) {
        List<Named> all = new ArrayList<>();
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            all.add(new Named("the irq line of cpu#" + cpu, kernel.machine().line(cpu)));
        }
        all.add(new Named("slub_lock", kernel.slab().wiring().slubLock()));
        if (kernel.slab().wiring().sysfsMutex() != 0) {
            all.add(new Named("sysfs_mutex", kernel.slab().wiring().sysfsMutex()));
        }
        all.add(new Named("pcpu_lock", kernel.percpuWiring().lock()));
        all.add(new Named("pcpu_alloc_mutex", kernel.percpuWiring().allocMutex()));
        for (PageAllocator.ZoneSpan zone : kernel.pagesWiring().spans()) {
            all.add(
                    new Named(
                            "zone->lock of " + zone.zone() + " on node " + zone.node(),
                            zone.address()));
        }
        if (kernel.slab().state() != SlabState.DOWN) {
            List<Long> caches = new ArrayList<>(kernel.slab().caches());
            // Objects of a cache that was destroyed while busy are still freed, under its locks.
            caches.addAll(kernel.slab().leakedCaches());
            for (long s : caches) {
                for (int node = 0; node < kernel.geometry().nodes(); node++) {
                    long n = Nodes.of(kernel, s, node);
                    if (n != 0) {
                        all.add(
                                new Named(
                                        "list_lock of "
                                                + kernel.slab().nameOf(s)
                                                + " on node "
                                                + node,
                                        n + KmemCacheNode.LIST_LOCK));
                    }
                }
            }
        }
        return all;
    }
}
