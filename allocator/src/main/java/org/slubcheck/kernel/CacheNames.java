package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.machine.Memory;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabState;
import org.slubcheck.slab.Sysfs;

/** The list of caches and the sysfs tree: each well formed, and naming the same caches. */
final class CacheNames {
    private CacheNames() {}

    /** slab_caches is a ring of caches. */
    static List<String> checkList(Kernel kernel) {
        Memory m = kernel.memory();
        long head = kernel.slab().wiring().slabCaches();
        Set<Long> passed = new HashSet<>();
        long previous = head;
        for (long entry = m.peek(head); entry != head; entry = m.peek(entry)) {
            if (entry <= 0 || entry >= m.size() || (entry & 7) != 0) {
                return List.of(String.format("slab_caches leads to 0x%x", entry));
            }
            if (m.peek(entry + Memory.WORD) != previous || !passed.add(entry)) {
                return List.of(
                        String.format(
                                "slab_caches is broken at the cache at 0x%x",
                                entry - KmemCache.LIST));
            }
            previous = entry;
        }
        return m.peek(head + Memory.WORD) == previous
                ? List.of()
                : List.of("slab_caches does not close");
    }

    /** Each cache has a name; once sysfs is up each has one directory, and there are no others. */
    static List<String> checkSysfs(Kernel kernel) {
        Memory m = kernel.memory();
        List<String> wrong = new ArrayList<>();
        List<Long> caches = kernel.slab().caches();
        for (long s : caches) {
            if (m.peek(s + KmemCache.NAME) == 0) {
                wrong.add(String.format("the cache at 0x%x has no name", s));
            }
        }
        if (!kernel.config().slab().sysfs() || kernel.slab().state() != SlabState.SYSFS) {
            return wrong;
        }
        Set<Long> shown = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Sysfs.Entry entry : Sysfs.entries(kernel.slab())) {
            if (!names.add(entry.name())) {
                wrong.add("sysfs has two entries of the name " + entry.name());
            }
            if (!caches.contains(entry.cache())) {
                wrong.add("sysfs names " + entry.name() + ", which is on no list of caches");
            } else if (!entry.link() && !shown.add(entry.cache())) {
                wrong.add("sysfs has two directories of " + kernel.slab().nameOf(entry.cache()));
            }
        }
        for (long s : caches) {
            boolean refused = m.peekInt(s + KmemCache.KOBJ_STATE) > 1;
            if (!refused && !shown.contains(s)) {
                wrong.add(kernel.slab().nameOf(s) + " is on slab_caches but not in sysfs");
            }
        }
        return wrong;
    }
}
