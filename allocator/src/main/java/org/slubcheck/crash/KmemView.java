package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.Survey;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.ShadowImage;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.timeline.Symbolizer;

/**
 * What an address is: its cache, slab, object and state, what the address shadow knew of it, its bytes,
 * and who did what to it last.
 */
final class KmemView {
    private static final int MOST_BYTES = 128;
    private static final int ROW = 16;

    private final Dump dump;
    private final Books books;
    private final Image image;
    private final Symbolizer names;
    private final Sheet out;

    private KmemView(Dump dump, Sheet out) {
        this.dump = dump;
        this.books = new Books(dump);
        this.image = books.image();
        this.names = dump.names();
        this.out = out;
    }

    static void show(Dump dump, long address, Sheet out) {
        new KmemView(dump, out).show(address);
    }

    private void show(long address) {
        if (address < 0 || address >= dump.kernel().memory().size()) {
            out.line("0x%x  there is no memory", address);
            return;
        }
        out.line("0x%x  %s", address, names.name(address));
        out.gap();
        MemoryMap.Symbol symbol = dump.kernel().map().symbolAt(address);
        long page = symbol == null ? 0 : dump.kernel().pages().pageOf(address);
        long from = address & -8;
        long bytes = 8;
        if (page == 0) {
            out.line("REGION  %s", region(address, symbol));
        } else {
            long head = books.survey().head(page);
            long flags = image.word(head + PageStruct.FLAGS);
            if ((flags & PageStruct.PG_SLAB) != 0) {
                Survey.Slab slab = books.survey().slab(head);
                slab(slab, flags);
                int index = slab.indexOf(address);
                if (index < 0) {
                    out.line("OBJECT  none: the address is behind the last object");
                } else {
                    from = slab.start() + (long) index * slab.size();
                    bytes = slab.size();
                    object(slab, index, from);
                }
            } else {
                page(head, flags, address);
            }
        }
        shadow(address);
        bytes(from, Math.min(bytes, MOST_BYTES));
        History.of(dump, names, from, bytes).show(out);
    }

    private static String region(long address, MemoryMap.Symbol symbol) {
        if (address < MemoryMap.NULL_PAGE) {
            return "the NULL page, which nothing may touch";
        }
        return symbol == null
                ? "a gap between variables of the kernel"
                : String.format(
                        "%s of the kernel image, 0x%x-0x%x",
                        symbol.name(), symbol.address(), symbol.address() + symbol.size() - 1);
    }

    private void slab(Survey.Slab slab, long flags) {
        long s = slab.cache();
        boolean known = books.all().contains(s);
        out.line(
                "CACHE   %s",
                known
                        ? String.format(
                                "%s at 0x%x, objects of %d bytes, %d apart",
                                books.name(s), s, image.integer(s + KmemCache.OBJSIZE), slab.size())
                        : String.format("0x%x, which is no cache", s));
        out.line(
                "SLAB    page#%d at 0x%x, node %d, %d pages, %d objects, %d in use, %d free%s",
                books.number(slab.page()),
                slab.page(),
                dump.kernel().pages().nodeOf(slab.page()),
                1 << books.survey().order(slab.page()),
                slab.objects(),
                slab.inuse(),
                slab.free().cardinality(),
                list(slab));
        if ((flags & PageStruct.PG_LOCKED) != 0) {
            out.line("        its slab_lock is held");
        }
        out.all("        ", slab.wrong());
    }

    private String list(Survey.Slab slab) {
        return books.lists(slab.cache()).stream()
                .filter(list -> list.pages().contains(slab.page()))
                .findFirst()
                .map(list -> ", on the " + list.name() + " list")
                .orElse("");
    }

    private void object(Survey.Slab slab, int index, long start) {
        out.line(
                "OBJECT  %d of %d, 0x%x-0x%x",
                index, slab.objects(), start, start + slab.size() - 1);
        List<String> broken = new ArrayList<>();
        List<String> places =
                new ArrayList<>(books.survey().places(broken::add).getOrDefault(start, List.of()));
        if (slab.free().get(index)) {
            places.add(0, "its slab, free");
        }
        out.line("STATE   %s", state(places, start));
        out.all("        ", broken);
    }

    private String state(List<String> places, long start) {
        if (places.size() > 1) {
            return "accounted " + places.size() + " times: " + String.join(" and ", places);
        }
        if (places.size() == 1) {
            return "in " + places.get(0);
        }
        return dump.shadow().why(start) == Poison.FREE_OBJECT
                ? "lost: it is free, and neither in its slab nor in a queue"
                : "with a caller";
    }

    private void page(long head, long flags, long address) {
        String what;
        if ((flags & PageStruct.PG_BUDDY) != 0) {
            what = "free, of order " + image.word(head + PageStruct.PRIVATE);
        } else if (dump.kernel().percpu().chunkPages().contains(head)) {
            what = "a chunk of the per-CPU allocator";
        } else if ((flags & PageStruct.PG_RESERVED) != 0) {
            what = "reserved";
        } else {
            int count = image.integer(head + PageStruct.COUNT);
            what =
                    count > 0
                            ? "in use, " + (1 << books.survey().order(head)) + " pages"
                            : "in nobody's books: it has no reference and is on no list";
        }
        out.line(
                "PAGE    page#%d at 0x%x, node %d: %s",
                books.number(head), head, dump.kernel().pages().nodeOf(head), what);
        out.line("        0x%x is %d bytes behind its start", address, address - start(head));
    }

    private long start(long page) {
        return dump.kernel().pages().addressOf(page);
    }

    private void shadow(long address) {
        ShadowImage shadow = dump.shadow();
        Poison why = shadow.why(address);
        StringBuilder text = new StringBuilder();
        text.append(why == null ? "may be used" : "must not be used: " + why.kasanName());
        ShadowImage.Served served = shadow.purpose(address);
        if (served != null) {
            text.append("; last served as ")
                    .append(served.cache() == 0 ? served.text() : books.name(served.cache()));
            text.append(", handed out").append(cpu(shadow.allocatedBy(address)));
            if (why != null) {
                text.append(", taken back").append(cpu(shadow.freedBy(address)));
            }
        }
        out.line("SHADOW  %s", text);
    }

    private static String cpu(int cpu) {
        return cpu < 0 ? " by nobody known" : " on CPU#" + cpu;
    }

    private void bytes(long from, long bytes) {
        out.gap();
        for (long row = from; row < from + bytes; row += ROW) {
            StringBuilder hex = new StringBuilder();
            StringBuilder text = new StringBuilder();
            for (long a = row; a < Math.min(row + ROW, from + bytes); a++) {
                int c = image.octet(a);
                hex.append(c < 0 ? " --" : String.format(" %02x", c));
                text.append(c < ' ' || c > '~' ? '.' : (char) c);
            }
            out.line("%8x:%-48s  %s", row, hex, text);
        }
    }
}
