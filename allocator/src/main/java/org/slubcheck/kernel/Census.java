package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabState;
import org.slubcheck.slubq.FreeMap;

/**
 * The oracle: looks at a kernel at rest and says everything that does not make sense.
 *
 * <p>Its one law is that every object of every cache is in exactly one place: a caller's hand, the
 * kernel's own structures, a CPU's queue, or the free map of its slab. From it follow the counts;
 * {@code count_free == available} is the case that the series named (S+Q3 16/23). Besides: lists
 * are well formed, no lock or interrupt line is held, freed memory was not written to, and sysfs
 * names the caches that there are.
 *
 * <p>An observer: it only peeks, takes no lock, and must be called when no task runs. All walks are
 * bounded, so it ends on any memory.
 */
public final class Census {
    private final Kernel kernel;
    private final Memory m;
    private final List<String> wrong = new ArrayList<>();

    /** Where an object was seen, by its address. */
    private final Map<Long, List<String>> seen = new HashMap<>();

    private Census(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
    }

    /**
     * Everything that is wrong, as sentences; empty for a consistent kernel.
     *
     * @param held the objects that callers hold
     */
    public static List<String> of(Kernel kernel, long[] held) {
        Census census = new Census(kernel);
        census.take(held);
        return census.wrong;
    }

    private void take(long[] held) {
        wrong.addAll(Locks.held(kernel));
        add(kernel.pages().check());
        add(kernel.percpu().check());
        if (kernel.slab().state() == SlabState.DOWN) {
            return;
        }
        Map<Long, String> caches = cachesByAddress();
        for (long object : held) {
            see(object, "a caller's hand");
        }
        for (Map.Entry<Long, String> own : OwnObjects.of(kernel).entrySet()) {
            see(own.getKey(), own.getValue());
        }
        for (Map.Entry<Long, String> cache : caches.entrySet()) {
            seeQueues(cache.getKey(), cache.getValue());
        }
        Map<Long, List<Long>> slabs = slabsByCache(caches);
        for (Map.Entry<Long, String> cache : caches.entrySet()) {
            List<Long> pages = slabs.getOrDefault(cache.getKey(), List.of());
            judgeObjects(cache.getKey(), cache.getValue(), pages);
            wrong.addAll(NodeLists.check(kernel, cache.getKey(), cache.getValue(), pages));
        }
        seen.forEach(
                (object, places) ->
                        wrong.add(
                                String.format(
                                        "0x%x is no object of any slab, yet is in %s",
                                        object, String.join(" and ", places))));
        wrong.addAll(CacheNames.checkSysfs(kernel));
    }

    /** All caches that have memory: listed ones, and those destroyed while they had objects. */
    private Map<Long, String> cachesByAddress() {
        Map<Long, String> caches = new LinkedHashMap<>();
        wrong.addAll(CacheNames.checkList(kernel));
        for (long s : kernel.slab().caches()) {
            String name = kernel.slab().nameOf(s);
            caches.put(s, name);
            int references = m.peekInt(s + KmemCache.REFCOUNT);
            if (references == 0) {
                wrong.add(name + " is on slab_caches without references");
            }
        }
        for (long s : kernel.slab().leakedCaches()) {
            caches.put(s, kernel.slab().nameOf(s) + " (destroyed while busy)");
        }
        return caches;
    }

    private void seeQueues(long s, String name) {
        long area = m.peek(s + KmemCache.CPU);
        if (area == 0) {
            wrong.add(name + ": the per-CPU pointer is NULL");
            return;
        }
        if (!kernel.percpu().isAllocated(area)) {
            wrong.add(name + ": the per-CPU pointer leads to a freed per-CPU area");
        }
        int batch = m.peekInt(s + KmemCache.BATCH);
        int queue = m.peekInt(s + KmemCache.QUEUE);
        if (batch > queue) {
            wrong.add(name + ": batch " + batch + " is larger than queue " + queue);
        }
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            QueueView view = QueueView.of(kernel, s, cpu);
            if (view.overrun()) {
                wrong.add(
                        String.format(
                                "%s cpu#%d: the queue holds more objects (%d) than it has room for"
                                        + " (%d)",
                                name, cpu, view.objects(), view.max()));
            }
            if (batch > view.max()) {
                wrong.add(
                        String.format(
                                "%s cpu#%d: batch %d is more than the queue has room for (%d)",
                                name, cpu, batch, view.max()));
            }
            for (long object : view.contents()) {
                see(object, "the queue of cpu#" + cpu);
                long page = kernel.pages().pageOf(object);
                if (page != 0 && kernel.pages().nodeOf(page) != view.node()) {
                    wrong.add(
                            String.format(
                                    "%s cpu#%d: the queue of node %d holds 0x%x of node %d",
                                    name, cpu, view.node(), object, kernel.pages().nodeOf(page)));
                }
            }
        }
        SharedQueues shared = SharedQueues.of(kernel, s, name);
        wrong.addAll(shared.wrong());
        shared.places().forEach(this::see);
    }

    private Map<Long, List<Long>> slabsByCache(Map<Long, String> caches) {
        Map<Long, List<Long>> slabs = new TreeMap<>();
        for (long i = 0; i < kernel.pages().pages(); i++) {
            long page = kernel.pages().pageAt(i);
            long flags = m.peek(page + PageStruct.FLAGS);
            if ((flags & PageStruct.PG_SLAB) == 0 || (flags & PageStruct.PG_TAIL) != 0) {
                continue;
            }
            if ((flags & PageStruct.PG_LOCKED) != 0) {
                wrong.add("slab_lock of page#" + i + " is held");
            }
            long owner = m.peek(page + PageStruct.SLAB);
            if (caches.containsKey(owner)) {
                slabs.computeIfAbsent(owner, any -> new ArrayList<>()).add(page);
            } else {
                wrong.add(String.format("page#%d has a stale owner: 0x%x is no cache", i, owner));
                forgetObjectsOf(page);
            }
        }
        return slabs;
    }

    /** The objects of an orphaned page are not judged one by one. */
    private void forgetObjectsOf(long page) {
        long start = kernel.pages().addressOf(page);
        long end = start + kernel.geometry().pageSize();
        seen.keySet().removeIf(object -> object >= start && object < end);
    }

    private void judgeObjects(long s, String name, List<Long> pages) {
        int size = m.peekInt(s + KmemCache.SIZE);
        if (size <= 0) {
            wrong.add(name + ": size is " + size);
            return;
        }
        long total = 0;
        long free = 0;
        long elsewhere = 0;
        for (long page : pages) {
            long start = kernel.pages().addressOf(page);
            int objects = FreeMap.peekObjects(m, page);
            total += objects;
            for (int i = 0; i < objects; i++) {
                long object = start + (long) i * size;
                List<String> places = seen.remove(object);
                places = places == null ? new ArrayList<>() : places;
                elsewhere += places.size();
                if (FreeMap.peek(m, page, i)) {
                    places.add("the free map of its slab");
                    free++;
                }
                if (places.size() != 1) {
                    wrong.add(
                            String.format(
                                    "%s object 0x%x is accounted %d times%s",
                                    name,
                                    object,
                                    places.size(),
                                    places.isEmpty()
                                            ? ": it is lost"
                                            : ": " + String.join(" and ", places)));
                }
            }
        }
        long countFree = total - elsewhere;
        if (countFree != free) {
            wrong.add(
                    String.format(
                            "%s: count_free is %d but available is %d", name, countFree, free));
        }
    }

    private void see(long object, String where) {
        seen.computeIfAbsent(object, any -> new ArrayList<>(1)).add(where);
    }

    private void add(String violation) {
        if (violation != null) {
            wrong.add(violation);
        }
    }
}
