package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slub.Freelist;
import org.slubcheck.slub.KmemCacheCpu;
import org.slubcheck.slub.Slub;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.timeline.Symbolizer;

/** What CPUs keep of each cache: queues of objects, or a slab with a freelist. */
final class QueuesView {
    /** No queue of a machine that can be dumped is longer. */
    private static final int LONGEST = 1 << 12;

    private static final int SHOWN = 16;

    private final Dump dump;
    private final Books books;
    private final Image image;
    private final Symbolizer names;
    private final Sheet out;

    private QueuesView(Dump dump, Sheet out) {
        this.dump = dump;
        this.books = new Books(dump);
        this.image = books.image();
        this.names = dump.names();
        this.out = out;
    }

    static void show(Dump dump, Sheet out) {
        QueuesView view = new QueuesView(dump, out);
        for (long s : view.books.all()) {
            for (int cpu = 0; cpu < view.books.geometry().cpus(); cpu++) {
                String where = view.books.name(s) + " cpu#" + cpu;
                if (view.books.area(s, cpu) == 0) {
                    out.line("%s: its area is 0x%x, which is none", where, view.pointer(s));
                } else if (view.books.isQueued()) {
                    view.queue(where, view.books.queue(s, cpu));
                } else {
                    view.slab(where, s, view.books.area(s, cpu));
                }
            }
            for (long shared : view.books.sharedQueues(s)) {
                view.shared(s, shared);
            }
        }
    }

    private long pointer(long s) {
        return image.word(s + KmemCache.CPU);
    }

    private void queue(String where, long q) {
        int objects = image.integer(q + KmemCacheQueue.OBJECTS);
        int max = image.integer(q + KmemCacheQueue.MAX) & 0xffff;
        List<Long> contents = new ArrayList<>();
        for (int i = 0; i < Math.min(Math.min(objects, max), LONGEST); i++) {
            contents.add(image.word(KmemCacheQueue.slot(q, i)));
        }
        boolean overrun = objects < 0 || objects > max;
        out.line(
                "%s: %d of %d%s%s",
                where, objects, max, overrun ? ", which cannot be" : "", objects(contents));
    }

    private static String objects(List<Long> objects) {
        StringBuilder text = new StringBuilder();
        for (long object : objects.subList(0, Math.min(objects.size(), SHOWN))) {
            text.append(String.format(" 0x%x", object));
        }
        int more = objects.size() - SHOWN;
        return (objects.isEmpty() ? "" : ":") + text + (more > 0 ? " and " + more + " more" : "");
    }

    private void shared(long s, long shared) {
        queue(place(shared), shared);
        int shift = image.integer(s + KmemCache.ALIEN_SHIFT) & Integer.SIZE - 1;
        int nodes = books.geometry().nodes();
        for (int number = 1; shift != 0 && number < nodes; number++) {
            long alien = shared - ((long) number << shift);
            if (image.maps(alien)) {
                queue(place(alien), alien);
            }
        }
    }

    /** The name of a queue without that of its field. */
    private String place(long queue) {
        String name = names.name(queue);
        return name.endsWith(" objects") ? name.substring(0, name.length() - 8) : name;
    }

    private void slab(String where, long s, long area) {
        Slub slub = (Slub) dump.kernel().slab().engine();
        long page = image.word(area + KmemCacheCpu.PAGE);
        out.line(
                "%s: %s%s",
                where,
                page == 0
                        ? "no slab"
                        : books.number(page) < 0
                                ? String.format("0x%x, which is no page", page)
                                : "page#" + books.number(page),
                freelist(s, slub.peekFreelist(area)));
        List<Long> kept = new ArrayList<>();
        long next = slub.peekPartial(area);
        while (next != 0 && books.number(next) >= 0 && !kept.contains(next)) {
            kept.add(next);
            next = slub.peekNextPartial(next);
        }
        if (!kept.isEmpty()) {
            StringBuilder text = new StringBuilder();
            kept.forEach(k -> text.append(" page#").append(books.number(k)));
            out.line("    keeps%s%s", text, next == 0 ? "" : String.format(", broken: 0x%x", next));
        }
    }

    private String freelist(long s, long first) {
        List<Long> free = new ArrayList<>();
        int offset = Freelist.peekOffset(dump.kernel().memory(), s);
        long at = first;
        while (at != 0 && image.maps(at) && !free.contains(at) && free.size() < LONGEST) {
            free.add(at);
            at = image.word(at + offset);
        }
        String broken = at == 0 ? "" : String.format(", broken: it leads to 0x%x", at);
        return ", freelist of " + free.size() + objects(free) + broken;
    }
}
