package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabState;

/** Which locks and interrupt lines are held on a kernel on which no task runs: none may be. */
final class Locks {
    private Locks() {}

    static List<String> held(Kernel kernel) {
        List<String> held = new ArrayList<>();
        Memory m = kernel.memory();
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            check(m, kernel.machine().line(cpu), "the irq line of cpu#" + cpu, held);
        }
        check(m, kernel.slab().wiring().slubLock(), "slub_lock", held);
        if (kernel.slab().wiring().sysfsMutex() != 0) {
            check(m, kernel.slab().wiring().sysfsMutex(), "sysfs_mutex", held);
        }
        check(m, kernel.percpuWiring().lock(), "pcpu_lock", held);
        check(m, kernel.percpuWiring().allocMutex(), "pcpu_alloc_mutex", held);
        for (PageAllocator.ZoneSpan zone : kernel.pagesWiring().spans()) {
            check(
                    m,
                    zone.address(),
                    "zone->lock of " + zone.zone() + " on node " + zone.node(),
                    held);
        }
        if (kernel.slab().state() != SlabState.DOWN) {
            List<Long> caches = new ArrayList<>(kernel.slab().caches());
            // Objects of a cache that was destroyed while busy are still freed, under its locks.
            caches.addAll(kernel.slab().leakedCaches());
            for (long s : caches) {
                for (int node = 0; node < kernel.geometry().nodes(); node++) {
                    long n = Nodes.of(kernel, s, node);
                    if (n != 0) {
                        check(
                                m,
                                n + KmemCacheNode.LIST_LOCK,
                                "list_lock of " + kernel.slab().nameOf(s) + " on node " + node,
                                held);
                    }
                }
            }
        }
        return held;
    }

    private static void check(Memory m, long word, String name, List<String> held) {
        if (m.peek(word) != 0) {
            held.add(String.format("%s is held (0x%x)", name, m.peek(word)));
        }
    }
}
