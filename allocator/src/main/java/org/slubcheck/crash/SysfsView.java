package org.slubcheck.crash;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.Survey;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.Sysfs;

/**
 * /sys/kernel/slab of a dump: its entries, or the files of one cache.
 *
 * <p>What is in a file only the kernel knows, so its handlers run, on a copy of the dump: one in which no
 * lock is held, and in which a handler that finds no end, or an address that is none, dies by itself.
 */
final class SysfsView {
    /** A handler walks over a cache's slabs; the largest machine that boots has some thousand. */
    private static final long MOST_ACCESSES = 1_000_000;

    private final Dump dump;
    private final Books books;
    private final Image image;
    private final Sheet out;

    private SysfsView(Dump dump, Sheet out) {
        this.dump = dump;
        this.books = new Books(dump);
        this.image = books.image();
        this.out = out;
    }

    static void show(Dump dump, String cache, Sheet out) {
        SysfsView view = new SysfsView(dump, out);
        if (cache.isEmpty()) {
            view.entries();
        } else {
            view.files(view.find(cache));
        }
    }

    /** The addresses of the entries, as far as their chain can be followed; 0 behind one that breaks. */
    private Set<Long> chain() {
        Set<Long> passed = new LinkedHashSet<>();
        long root = dump.kernel().slab().wiring().sysfsRoot();
        long at = root == 0 ? 0 : image.word(root);
        while (at != 0) {
            if (!image.maps(at) || (at & 7) != 0 || !passed.add(at)) {
                passed.add(0L);
                return passed;
            }
            at = image.word(at + Sysfs.LAYOUT.offset("s_sibling"));
        }
        return passed;
    }

    private String name(long entry) {
        return image.text(image.word(entry + Sysfs.LAYOUT.offset("s_name")));
    }

    private long target(long entry) {
        return image.word(entry + Sysfs.LAYOUT.offset("s_target"));
    }

    private void entries() {
        if (!dump.kernel().config().slab().sysfs()) {
            out.line(
                    "this kernel has no sysfs; the files of a cache can be asked for all the same");
            return;
        }
        List<Long> caches = books.all();
        for (long entry : chain()) {
            if (entry == 0) {
                out.line("BROKEN: the chain of entries leads astray, or does not end");
                continue;
            }
            boolean link = image.word(entry + Sysfs.LAYOUT.offset("s_flags")) != 1;
            long cache = target(entry);
            out.line(
                    "%s %-20s of %s%s",
                    link ? "l" : "d",
                    name(entry),
                    books.name(cache),
                    caches.contains(cache) ? "" : ", which is on no list of caches");
        }
    }

    /** The cache of a name, of itself or of an entry. */
    private long find(String name) {
        for (long s : books.all()) {
            if (books.name(s).equals(name)) {
                return s;
            }
        }
        for (long entry : chain()) {
            if (entry != 0 && name(entry).equals(name)) {
                return target(entry);
            }
        }
        throw new IllegalArgumentException("no cache '" + name + "' in this dump");
    }

    private void files(long s) {
        Kernel copy = copy();
        for (String file : SlabAttributes.names(copy.slab())) {
            String text;
            try {
                Task task = copy.task(0);
                text = SlabAttributes.show(copy.slab(), task, s, file);
            } catch (RuntimeException died) {
                text = "cannot be read: " + died.getMessage().lines().findFirst().orElse("");
                copy = copy();
            }
            out.line("%-26s %s", file, text == null ? "" : text.strip());
        }
    }

    /** A machine that can run: the dump without its locks, as if everybody had gone away. */
    private Kernel copy() {
        Memory dumped = dump.kernel().memory();
        Console console = new Console();
        CheckedMemory memory = dumped.forkChecked(console);
        memory.soleRunner(true);
        memory.accessBudget(MOST_ACCESSES);
        Kernel kernel =
                Kernel.attach(
                        dump.kernel().config(),
                        dump.kernel().percpuSizes(),
                        dump.kernel().stage(),
                        size -> memory,
                        console);
        for (Survey.Lock lock : books.survey().locks()) {
            memory.write(lock.address(), 0);
        }
        for (long i = 0; i < kernel.pages().pages(); i++) {
            long flags = kernel.pages().pageAt(i) + PageStruct.FLAGS;
            memory.write(flags, memory.peek(flags) & ~PageStruct.PG_LOCKED);
        }
        return kernel;
    }
}
