package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabInfo;

/**
 * What a kernel has in use when its queues are empty.
 *
 * @param freePages pages that are free
 * @param otherPages pages in use that are in no slab
 * @param percpuBytes bytes of per-CPU areas, a CPU
 * @param objects objects in use of each cache
 */
record Footprint(long freePages, long otherPages, long percpuBytes, Map<String, Long> objects) {

    static Footprint of(Rig rig) {
        Kernel k = rig.kernel();
        Slab slab = k.slab();
        Task task = rig.task(0);
        long free = k.pages().freePages();
        long other = k.pages().pages() - free;
        for (long i = 0; i < k.pages().pages(); i++) {
            long page = k.pages().pageAt(i);
            long flags = k.memory().peek(page + PageStruct.FLAGS);
            if ((flags & PageStruct.PG_SLAB) != 0 && (flags & PageStruct.PG_TAIL) == 0) {
                other -= 1L << PageStruct.peekOrder(k.memory(), page);
            }
        }
        Map<String, Long> objects = new TreeMap<>();
        for (long s : slab.caches()) {
            for (int node = 0; node < k.geometry().nodes(); node++) {
                long inuse = SlabInfo.counts(slab, task, s, node).inuse();
                objects.merge(slab.nameOf(s), inuse, Long::sum);
            }
        }
        return new Footprint(free, other, k.percpu().allocatedBytes(), objects);
    }

    /**
     * In what a later footprint differs, a sentence each.
     *
     * @param moved whether what lives on was allocated anew, so that it may stand in other slabs
     */
    List<String> differences(Footprint later, boolean moved) {
        List<String> found = new ArrayList<>();
        if (!moved) {
            differ(found, "free pages", freePages, later.freePages);
        }
        differ(found, "pages outside slabs", otherPages, later.otherPages);
        differ(found, "per-CPU bytes in use", percpuBytes, later.percpuBytes);
        if (!objects.equals(later.objects)) {
            found.add("objects in use: " + objects + " before, " + later.objects + " after");
        }
        return found;
    }

    private static void differ(List<String> found, String what, long before, long after) {
        if (before != after) {
            found.add(what + ": " + before + " before, " + after + " after");
        }
    }
}
