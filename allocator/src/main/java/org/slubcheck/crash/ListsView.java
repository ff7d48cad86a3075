package org.slubcheck.crash;

import java.util.List;
import java.util.function.LongFunction;
import org.slubcheck.kernel.Survey;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.ZoneStruct;
import org.slubcheck.slab.KmemCache;

/** The lists of the machine, each as far as it can be followed, and where one breaks. */
final class ListsView {
    private static final int SHOWN = 24;

    private final Dump dump;
    private final Books books;
    private final Sheet out;

    private ListsView(Dump dump, Sheet out) {
        this.dump = dump;
        this.books = new Books(dump);
        this.out = out;
    }

    static void show(Dump dump, Sheet out) {
        ListsView view = new ListsView(dump, out);
        long caches = dump.kernel().slab().wiring().slabCaches();
        long leaked = dump.kernel().slab().wiring().slabLeaked();
        view.list("slab_caches", caches, entry -> view.books.name(entry - KmemCache.LIST));
        view.list("destroyed while busy", leaked, entry -> view.books.name(entry - KmemCache.LIST));
        for (long s : view.books.all()) {
            for (Books.SlabList list : view.books.lists(s)) {
                view.list(
                        view.books.name(s) + " " + list.name(),
                        list.head(),
                        lru -> view.slab(PageStruct.ofLru(lru)));
            }
        }
        view.zones();
        view.chunks();
    }

    private void list(String name, long head, LongFunction<String> each) {
        Chain chain = Chain.of(books.image(), head);
        List<Long> entries = chain.entries();
        StringBuilder text = new StringBuilder();
        for (long entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
            text.append(text.length() == 0 ? ": " : ", ").append(each.apply(entry));
        }
        int more = entries.size() - SHOWN;
        out.line(
                "%s (%d)%s%s",
                name, entries.size(), text, more > 0 ? " and " + more + " more" : "");
        if (chain.broken() != null) {
            out.line("    BROKEN: %s", chain.broken());
        }
    }

    private String slab(long page) {
        if (books.number(page) < 0) {
            return String.format("0x%x, which is no page", page);
        }
        Survey.Slab slab = books.survey().slab(page);
        return String.format("page#%d %d/%d", books.number(page), slab.inuse(), slab.objects());
    }

    private String page(long page) {
        return books.number(page) < 0
                ? String.format("0x%x, which is no page", page)
                : "page#" + books.number(page);
    }

    private void zones() {
        int maxOrder = books.geometry().maxOrder();
        for (PageAllocator.ZoneSpan zone : books.survey().zones()) {
            for (int order = 0; order < maxOrder; order++) {
                String field = "free_area[" + order + "]";
                long head =
                        zone.address()
                                + ZoneStruct.layout(maxOrder).offset(field + ".free_list.next");
                long counted =
                        books.image()
                                .word(
                                        zone.address()
                                                + ZoneStruct.layout(maxOrder)
                                                        .offset(field + ".nr_free"));
                String name =
                        String.format(
                                "zone %s node %d order %d, nr_free %d",
                                zone.zone().kernelName(), zone.node(), order, counted);
                list(name, head, lru -> page(PageStruct.ofLru(lru)));
            }
        }
    }

    private void chunks() {
        for (MemoryMap.Symbol symbol : dump.kernel().map().symbols()) {
            if (symbol.name().equals("pcpu_slot")) {
                for (long at = 0; at < symbol.size(); at += ListHead.SIZE) {
                    String name = "pcpu_slot[" + at / ListHead.SIZE + "]";
                    list(name, symbol.address() + at, c -> String.format("chunk 0x%x", c));
                }
            }
        }
    }
}
