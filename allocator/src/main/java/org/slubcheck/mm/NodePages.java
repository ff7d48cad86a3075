package org.slubcheck.mm;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

/**
 * The pages of nodes whose memory comes and goes: online_pages and offline_pages as far as the free
 * lists are concerned. Which nodes lack theirs is a word in memory, a bit for each; it changes under
 * mem_hotplug.lock, held for write, or while one CPU boots.
 */
final class NodePages {
    private NodePages() {}

    /** Whether the pages of a zone come after the machine was switched on. */
    static boolean isLate(Geometry g, PageAllocator.ZoneSpan span) {
        return g.isLate(span.node()) && span.zone() != Zone.DMA && span.zone() != Zone.DMA32;
    }

    /** memmap_init: late memory is not there. */
    static void init(Memory m, PageWiring wiring) {
        Geometry g = wiring.geometry;
        if (g.memoryHotplug()) {
            long absent = 0;
            for (int node = 0; node < g.nodes(); node++) {
                absent |= g.isLate(node) ? 1L << node : 0;
            }
            m.write(wiring.absent, absent);
            m.write(wiring.announced, 0);
        }
    }

    /** Whether the late memory of a node is not there; false where none of it is late. */
    static boolean absent(PageAllocator pages, int node) {
        PageWiring wiring = pages.wiring();
        return wiring.geometry.isLate(node)
                && (pages.machine().memory().read(wiring.absent) >>> node & 1) != 0;
    }

    /** Every page of a node that was absent becomes free. */
    static void add(PageAllocator pages, Task t, int node) {
        for (PageAllocator.ZoneSpan span : pages.wiring().spans()) {
            if (span.node() == node && isLate(pages.wiring().geometry, span)) {
                pages.freeAll(t, span);
            }
        }
        flip(pages, node);
    }

    /** Takes all late pages of a node; false, and nothing has changed, when one of them is in use. */
    static boolean remove(PageAllocator pages, Task t, int node) {
        for (PageAllocator.ZoneSpan span : pages.wiring().spans()) {
            if (span.node() == node
                    && isLate(pages.wiring().geometry, span)
                    && !pages.takeAll(t, span)) {
                putBack(pages, t, span);
                return false;
            }
        }
        flip(pages, node);
        return true;
    }

    /** Frees the zones of a node that were taken before one that is in use. */
    private static void putBack(PageAllocator pages, Task t, PageAllocator.ZoneSpan busy) {
        for (PageAllocator.ZoneSpan span : pages.wiring().spans()) {
            if (span.node() == busy.node()
                    && span.start() < busy.start()
                    && isLate(pages.wiring().geometry, span)) {
                pages.freeAll(t, span);
            }
        }
    }

    private static void flip(PageAllocator pages, int node) {
        Memory m = pages.machine().memory();
        long word = pages.wiring().absent;
        m.write(word, m.read(word) ^ 1L << node);
    }
}
