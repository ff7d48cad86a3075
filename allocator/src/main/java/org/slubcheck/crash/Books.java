package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.kernel.Survey;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabInfo;
import org.slubcheck.slubq.KmemCacheCpu;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.Slubq;

/** The caches of a dump and what they count, as far as its memory says it. */
final class Books {
    private final Dump dump;
    private final Image image;
    private final Survey survey;

    Books(Dump dump) {
        this.dump = dump;
        this.image = new Image(dump.kernel().memory());
        this.survey = new Survey(dump.kernel());
    }

    Image image() {
        return image;
    }

    Survey survey() {
        return survey;
    }

    Geometry geometry() {
        return dump.kernel().geometry();
    }

    /** slab_caches, as far as it can be followed. */
    Chain listed() {
        return Chain.of(image, dump.kernel().slab().wiring().slabCaches());
    }

    /** The caches on slab_caches, newest first. */
    List<Long> caches() {
        return listed().entries().stream().map(entry -> entry - KmemCache.LIST).toList();
    }

    /** All caches: those, and the ones that were destroyed while they had objects. */
    List<Long> all() {
        Set<Long> all = new LinkedHashSet<>(caches());
        Chain leaked = Chain.of(image, dump.kernel().slab().wiring().slabLeaked());
        leaked.entries().forEach(entry -> all.add(entry - KmemCache.LIST));
        return new ArrayList<>(all);
    }

    /** A cache's name. */
    String name(long s) {
        return image.text(image.word(s + KmemCache.NAME));
    }

    /** The number of a page; -1 for what is no struct page. */
    long number(long page) {
        return dump.kernel().pages().isPage(page)
                ? (page - dump.kernel().pages().pageAt(0)) / PageStruct.SIZE
                : -1;
    }

    /** The slabs of a cache, by what the pages say. */
    List<Survey.Slab> slabs(long s) {
        List<Survey.Slab> slabs = new ArrayList<>();
        for (long i = 0; i < dump.kernel().pages().pages(); i++) {
            long page = dump.kernel().pages().pageAt(i);
            long flags = image.word(page + PageStruct.FLAGS);
            boolean head =
                    (flags & (PageStruct.PG_SLAB | PageStruct.PG_TAIL)) == PageStruct.PG_SLAB;
            if (head && image.word(page + PageStruct.SLAB) == s) {
                slabs.add(survey.slab(page));
            }
        }
        return slabs;
    }

    /**
     * A list of slabs.
     *
     * @param name what it is called, with its node where there are several
     * @param head its list_head
     * @param chain the list
     * @param pages the slabs on it
     */
    record SlabList(String name, long head, Chain chain, List<Long> pages) {}

    /** The lists of slabs that a cache has. */
    List<SlabList> lists(long s) {
        List<SlabList> lists = new ArrayList<>();
        for (int node = 0; node < geometry().nodes(); node++) {
            long n = survey.node(s, node);
            if (n != 0) {
                lists.add(list("partial", node, n + KmemCacheNode.PARTIAL));
                lists.add(list("full", node, n + KmemCacheNode.FULL));
            }
        }
        return lists;
    }

    private SlabList list(String name, int node, long head) {
        Chain chain = Chain.of(image, head);
        String where = geometry().nodes() == 1 ? name : name + " node " + node;
        return new SlabList(
                where, head, chain, chain.entries().stream().map(PageStruct::ofLru).toList());
    }

    /**
     * The row of a cache, counted as /proc/slabinfo counts it.
     *
     * @param wrong gets what does not make sense
     */
    SlabInfo.Row row(long s, List<String> wrong) {
        long slabs = 0;
        long objects = 0;
        long free = 0;
        for (int node = 0; node < geometry().nodes(); node++) {
            long n = survey.node(s, node);
            if (n != 0) {
                slabs += image.word(n + KmemCacheNode.NR_SLABS);
                objects += image.word(n + KmemCacheNode.TOTAL_OBJECTS);
                free += free(s, n, node, wrong);
            }
        }
        long oo = image.word(s + KmemCache.OO);
        return new SlabInfo.Row(
                name(s),
                objects - free,
                objects,
                image.integer(s + KmemCache.SIZE),
                KmemCache.ooObjects(oo),
                1L << KmemCache.ooOrder(oo),
                image.integer(s + KmemCache.QUEUE),
                image.integer(s + KmemCache.BATCH),
                image.integer(s + KmemCache.SHARED_QUEUE),
                slabs,
                shared(s));
    }

    private long free(long s, long n, int node, List<String> wrong) {
        Chain partial = Chain.of(image, n + KmemCacheNode.PARTIAL);
        String list = name(s) + " node#" + node + ": the partial list";
        if (partial.broken() != null) {
            wrong.add(list + " is broken: " + partial.broken());
        }
        long free = 0;
        for (long lru : partial.entries()) {
            long page = PageStruct.ofLru(lru);
            if (number(page) < 0) {
                wrong.add(String.format("%s has 0x%x, which is no page", list, page));
            } else {
                free += survey.slab(page).free().cardinality();
            }
        }
        return free;
    }

    /** Objects in shared queues. */
    private long shared(long s) {
        long sum = 0;
        for (long queue : sharedQueues(s)) {
            sum += KmemCacheQueue.peekObjects(dump.kernel().memory(), queue);
        }
        return sum;
    }

    /** Where the shared queues of a cache are, each once. */
    List<Long> sharedQueues(long s) {
        Set<Long> queues = new LinkedHashSet<>();
        for (int cpu = 0; isQueued() && cpu < geometry().cpus(); cpu++) {
            long shared = image.word(queue(s, cpu) + KmemCacheQueue.SHARED);
            if (image.maps(shared) && (shared & 7) == 0) {
                queues.add(shared);
            }
        }
        return new ArrayList<>(queues);
    }

    /** True when the engine keeps objects in queues. */
    boolean isQueued() {
        return dump.kernel().slab().engine() instanceof Slubq;
    }

    /** The area of a cache on a CPU; 0 when it has none that can be. */
    long area(long s, int cpu) {
        long area = image.word(s + KmemCache.CPU);
        if (area == 0) {
            return 0;
        }
        long mine = dump.kernel().percpu().perCpuPtr(area, cpu);
        return image.maps(mine) && (mine & 7) == 0 && image.maps(mine + 8L * Memory.WORD)
                ? mine
                : 0;
    }

    /** The queue of a cache on a CPU; 0 when it has none that can be. */
    long queue(long s, int cpu) {
        long area = area(s, cpu);
        return area == 0
                ? 0
                : area + KmemCacheCpu.of(dump.kernel().config().slab().stats()).queue();
    }
}
