package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabState;
import org.slubcheck.slubbase.DebugView;

/**
 * The oracle: looks at a kernel at rest and says everything that does not make sense.
 *
 * <p>Its laws are of conservation. Every object of every cache is in exactly one place: a caller's
 * hand, the kernel's own structures, a queue of a CPU, a shared or alien queue, or the free map of its
 * slab; from that follow the counts, {@code count_free == available} being the case that the series named (S+Q3 16/23).
 * Every page is in exactly one place ({@link Pages}), and so is every per-CPU area ({@link Areas}).
 * Besides: lists are well formed, no lock or interrupt line is held, sysfs names the caches that
 * there are, and nothing was stored through NULL, which bare memory lets pass.
 *
 * <p>Bytes. Of a cache with red zones or poison every object's bytes are checked against the place
 * that it is in ({@link DebugView}), and so is the padding of its slabs. Freed per-CPU areas are
 * checked on a kernel with {@code debugPercpu}, which fills them. Free pages are filled by nothing,
 * so a write to one is seen by the address shadow of checked memory alone; and so is, on any kernel,
 * a write to an object without debug flags that is free.
 *
 * <p>An observer: it only peeks, takes no lock, and must be called when no task runs. All walks are
 * bounded, so it ends on any memory.
 */
public final class Census {
    private static final Place HAND = new Place(DebugView.State.HELD, "a caller's hand");
    private static final Place GIVEN_UP = new Place(null, "a slab that was given up");

    private final Kernel kernel;
    private final Memory m;
    private final EngineView view;
    private final List<String> wrong = new ArrayList<>();

    /** Where an object was seen first, by its address. */
    private final Map<Long, Place> seen = new HashMap<>();

    /** Where else it was seen. */
    private final Map<Long, List<Place>> again = new HashMap<>();

    private Pages pages;
    private Areas areas;

    /** A place that an object can be in; the state is null where its bytes are nobody's concern. */
    private record Place(DebugView.State state, String name) {}

    private Census(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.view = EngineView.of(kernel);
    }

    /**
     * Everything that is wrong, as sentences; empty for a consistent kernel.
     *
     * @param held what callers hold: objects, large kmalloc blocks and per-CPU areas by their
     *     addresses
     */
    public static List<String> of(Kernel kernel, long[] held) {
        return of(kernel, held, new long[0]);
    }

    /**
     * The same for a kernel whose object debugging has taken slabs out of use.
     *
     * @param givenUp the objects that were free in them, which nobody holds and nobody can get
     */
    public static List<String> of(Kernel kernel, long[] held, long[] givenUp) {
        Census census = new Census(kernel);
        census.take(held, givenUp);
        return census.wrong;
    }

    private void take(long[] held, long[] givenUp) {
        wrong.addAll(Locks.held(kernel));
        add(m.nullPageDamage());
        add(kernel.pages().check());
        add(kernel.percpu().check());
        if (kernel.slab().state() == SlabState.DOWN) {
            return;
        }
        pages = new Pages(kernel);
        areas = new Areas(kernel);
        Map<Long, String> caches = cachesByAddress();
        for (long what : held) {
            if (!areas.claim(what, HAND.name) && !pages.claimHeld(what, Pages.Place.HAND)) {
                see(what, HAND);
            }
        }
        for (long object : givenUp) {
            see(object, GIVEN_UP);
        }
        for (OwnObjects.Owned own : OwnObjects.of(kernel)) {
            if (!pages.claimHeld(own.address(), Pages.Place.KERNEL)) {
                see(own.address(), new Place(DebugView.State.HELD, own.describe()));
            }
        }
        caches.forEach(this::seeAreas);
        Map<Long, List<Long>> slabs = claimPages(caches);
        for (Map.Entry<Long, String> cache : caches.entrySet()) {
            List<Long> own = slabs.getOrDefault(cache.getKey(), List.of());
            judgeObjects(cache.getKey(), cache.getValue(), own);
            wrong.addAll(NodeLists.check(kernel, cache.getKey(), cache.getValue(), own));
        }
        seen.keySet().stream()
                .sorted()
                .forEach(
                        object ->
                                wrong.add(
                                        String.format(
                                                "0x%x is no object of any slab, yet is in %s",
                                                object, names(placesOf(object)))));
        wrong.addAll(pages.wrong());
        wrong.addAll(areas.wrong());
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

    private void seeAreas(long s, String name) {
        long area = m.peek(s + KmemCache.CPU);
        if (area == 0) {
            wrong.add(name + ": the per-CPU pointer is NULL");
            return;
        }
        if (!areas.claim(area, name)) {
            wrong.add(name + ": the per-CPU pointer leads to no allocated per-CPU area");
            return;
        }
        view.cpus(
                s,
                name,
                (object, state, place) -> see(object, new Place(state, place)),
                wrong::add);
    }

    /** Enters free blocks and slabs in the books of pages; returns the slabs of each cache. */
    private Map<Long, List<Long>> claimPages(Map<Long, String> caches) {
        Map<Long, List<Long>> slabs = new HashMap<>();
        for (long i = 0; i < kernel.pages().pages(); i++) {
            long page = kernel.pages().pageAt(i);
            long flags = m.peek(page + PageStruct.FLAGS);
            if ((flags & PageStruct.PG_BUDDY) != 0) {
                pages.claim(page, (int) m.peek(page + PageStruct.PRIVATE), Pages.Place.FREE);
            }
            if ((flags & PageStruct.PG_SLAB) == 0 || (flags & PageStruct.PG_TAIL) != 0) {
                continue;
            }
            pages.claim(page, PageStruct.peekOrder(m, page), Pages.Place.SLAB);
            if ((flags & PageStruct.PG_LOCKED) != 0) {
                wrong.add("slab_lock of page#" + i + " is held");
            }
            int count = m.peekInt(page + PageStruct.COUNT);
            if (count != 1) {
                wrong.add(
                        "page#" + i + ": _count is " + count + ", but only its slab refers to it");
            }
            long owner = m.peek(page + PageStruct.SLAB);
            if (caches.containsKey(owner)) {
                slabs.computeIfAbsent(owner, any -> new ArrayList<>()).add(page);
            } else {
                wrong.add(
                        String.format(
                                "page#%d has a stale owner: 0x%x is no cache; %s",
                                i, owner, view.home(owner, page).text));
                forgetObjectsOf(page);
            }
        }
        return slabs;
    }

    /** The objects of an orphaned slab are not judged one by one. */
    private void forgetObjectsOf(long page) {
        long start = kernel.pages().addressOf(page);
        long end = start + bytesOf(page);
        seen.keySet().removeIf(object -> object >= start && object < end);
    }

    private long bytesOf(long page) {
        return (long) kernel.geometry().pageSize() << PageStruct.peekOrder(m, page);
    }

    private void judgeObjects(long s, String name, List<Long> slabs) {
        int size = m.peekInt(s + KmemCache.SIZE);
        if (size <= 0) {
            wrong.add(name + ": size is " + size);
            return;
        }
        boolean watched = DebugView.watches(m, s);
        int pointer = view.pointerBytes(s);
        long total = 0;
        long free = 0;
        long elsewhere = 0;
        for (long page : slabs) {
            long start = kernel.pages().addressOf(page);
            int objects = view.objects(page);
            BitSet map = view.free(s, name, page, wrong::add);
            total += objects;
            for (int i = 0; i < objects; i++) {
                long object = start + (long) i * size;
                boolean isFree = map.get(i);
                Place first = seen.remove(object);
                if (isFree) {
                    free++;
                }
                if (first != null) {
                    elsewhere += 1 + (again.isEmpty() ? 0 : moreOf(object).size());
                }
                if (isFree == (first != null) || !again.isEmpty() && again.containsKey(object)) {
                    miscounted(name, object, first, isFree);
                } else if (watched && (isFree || first.state != null)) {
                    DebugView.State state = isFree ? DebugView.State.FREE : first.state;
                    bytes(name, object, DebugView.check(m, s, object, state, pointer));
                }
            }
            if (watched) {
                long tail = view.tail(s, page, start);
                bytes(name, start, DebugView.checkPadding(m, s, start, tail, bytesOf(page)));
            }
        }
        long countFree = total - elsewhere;
        if (countFree != free) {
            wrong.add(
                    String.format(
                            "%s: count_free is %d but available is %d", name, countFree, free));
        }
    }

    private void miscounted(String name, long object, Place first, boolean isFree) {
        List<Place> places = new ArrayList<>();
        if (first != null) {
            places.add(first);
            places.addAll(moreOf(object));
        }
        String where = names(places);
        if (isFree) {
            where += (where.isEmpty() ? "" : " and ") + "the free map of its slab";
        }
        wrong.add(
                String.format(
                        "%s object 0x%x is accounted %d times: %s",
                        name,
                        object,
                        places.size() + (isFree ? 1 : 0),
                        where.isEmpty() ? "it is lost" : where));
    }

    private void bytes(String name, long address, String what) {
        if (what != null) {
            wrong.add(String.format("%s object 0x%x: %s", name, address, what));
        }
    }

    private void see(long object, Place where) {
        if (seen.putIfAbsent(object, where) != null) {
            again.computeIfAbsent(object, any -> new ArrayList<>(1)).add(where);
        }
    }

    private List<Place> moreOf(long object) {
        return again.getOrDefault(object, List.of());
    }

    private List<Place> placesOf(long object) {
        List<Place> places = new ArrayList<>();
        places.add(seen.get(object));
        places.addAll(moreOf(object));
        return places;
    }

    private static String names(List<Place> places) {
        return String.join(" and ", places.stream().map(Place::name).toList());
    }

    private void add(String violation) {
        if (violation != null) {
            wrong.add(violation);
        }
    }
}
