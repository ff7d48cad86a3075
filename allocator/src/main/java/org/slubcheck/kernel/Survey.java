package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;

/**
 * What stands where in a kernel's memory, for who looks at a crash: on any memory, however corrupt,
 * every question has an answer, and what cannot be followed is said.
 *
 * <p>An observer: it only peeks, takes no lock, and all walks are bounded.
 */
@Observer
public final class Survey {
    private final Kernel kernel;
    private final Memory m;
    private final EngineView view;

    /** Looks at a kernel. */
    public Survey(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.view = EngineView.of(kernel);
    }

    /** All caches that have memory, each once: listed ones, and those destroyed while busy. */
    public List<Long> caches() {
        Set<Long> caches = new LinkedHashSet<>(kernel.slab().caches());
        caches.addAll(kernel.slab().leakedCaches());
        return caches.stream().filter(s -> mapped(s, KmemCache.NODE)).toList();
    }

    /** A lock or an interrupt line: its name, and where its word is. */
    public record Lock(String name, long address) {}

    /** All locks that have a word of their own, but for those of shared queues. */
    public List<Lock> locks() {
        try {
            return Locks.all(kernel).stream()
                    .map(l -> new Lock(l.name(), l.address()))
                    .distinct()
                    .toList();
        } catch (RuntimeException broken) {
            return List.of();
        }
    }

    /** The kmem_cache_node of a cache and node; 0 when there is none that can be one. */
    public long node(long s, int node) {
        try {
            return Nodes.of(kernel, s, node);
        } catch (RuntimeException broken) {
            return 0;
        }
    }

    /** The zones of all nodes. */
    public List<PageAllocator.ZoneSpan> zones() {
        return kernel.pagesWiring().spans();
    }

    /**
     * A slab.
     *
     * @param page its head page
     * @param cache the cache that it names as its owner
     * @param start where its objects begin
     * @param size bytes from one object to the next; 0 when the cache says nothing that can be
     * @param objects how many it says it has; 0 when that many do not fit
     * @param free the numbers of those that are free in it
     * @param wrong what does not make sense
     */
    public record Slab(
            long page,
            long cache,
            long start,
            int size,
            int objects,
            BitSet free,
            List<String> wrong) {

        /** Objects that are not free in it. */
        public int inuse() {
            return objects - free.cardinality();
        }

        /** The number of the object that an address is in; -1 when it is in none. */
        public int indexOf(long address) {
            if (size <= 0 || address < start || (address - start) / size >= objects) {
                return -1;
            }
            return (int) ((address - start) / size);
        }
    }

    /** The slab that begins with a page. */
    public Slab slab(long page) {
        List<String> wrong = new ArrayList<>();
        long owner = m.peek(page + PageStruct.SLAB);
        long start = kernel.pages().addressOf(page);
        long bytes = (long) kernel.geometry().pageSize() << order(page);
        int size = mapped(owner, KmemCache.NODE) ? m.peekInt(owner + KmemCache.SIZE) : 0;
        int objects = view.objects(page);
        if (size <= 0 || size > bytes) {
            wrong.add("the size of its objects is " + size);
            size = 0;
        }
        if (size == 0 || objects < 0 || (long) objects * size > bytes) {
            wrong.add("it says it has " + objects + " objects");
            objects = 0;
        }
        BitSet free = new BitSet();
        if (objects > 0) {
            try {
                free = view.free(owner, "it", page, wrong::add);
            } catch (RuntimeException broken) {
                wrong.add("which of its objects are free cannot be followed");
            }
        }
        return new Slab(page, owner, start, size, objects, free, wrong);
    }

    /** The order of a block, given its head; 0 when what stands there is none. */
    public int order(long page) {
        int order = 0;
        try {
            order = PageStruct.peekOrder(m, page);
        } catch (RuntimeException broken) {
            return 0;
        }
        return order < 0 || order >= kernel.geometry().maxOrder() ? 0 : order;
    }

    /** The head of the block that a page is in; the page itself when its head is none. */
    public long head(long page) {
        boolean tail = (m.peek(page + PageStruct.FLAGS) & PageStruct.PG_TAIL) != 0;
        long head = tail ? m.peek(page + PageStruct.FIRST_PAGE) : page;
        return kernel.pages().isPage(head) ? head : page;
    }

    /**
     * Every object that is neither free in its slab nor with a caller, and the places that it is in:
     * queues, freelists of CPUs, and what the kernel keeps for itself.
     *
     * @param wrong is told what cannot be followed
     */
    public Map<Long, List<String>> places(Consumer<String> wrong) {
        Map<Long, List<String>> places = new LinkedHashMap<>();
        for (long s : caches()) {
            String name = kernel.slab().nameOf(s);
            attempt(
                    "what the CPUs have of " + name,
                    wrong,
                    () -> {
                        if (m.peek(s + KmemCache.CPU) == 0) {
                            wrong.accept(name + ": the per-CPU pointer is NULL");
                            return;
                        }
                        view.cpus(
                                s,
                                name,
                                (object, state, place) ->
                                        places.computeIfAbsent(object, any -> new ArrayList<>())
                                                .add(place + " of " + name),
                                wrong);
                    });
        }
        attempt(
                "what the kernel keeps for itself",
                wrong,
                () ->
                        OwnObjects.of(kernel)
                                .forEach(
                                        own ->
                                                places.computeIfAbsent(
                                                                own.address(),
                                                                any -> new ArrayList<>())
                                                        .add(own.describe())));
        return places;
    }

    private static void attempt(String what, Consumer<String> wrong, Runnable look) {
        try {
            look.run();
        } catch (RuntimeException broken) {
            wrong.accept(what + " cannot be followed: " + broken.getMessage());
        }
    }

    private boolean mapped(long address, long bytes) {
        return address > 0 && (address & 7) == 0 && address <= m.size() - bytes;
    }
}
