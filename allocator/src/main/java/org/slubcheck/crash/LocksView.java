package org.slubcheck.crash;

import org.slubcheck.kernel.Survey;
import org.slubcheck.machine.Capture;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.timeline.Symbolizer;

/** Which locks and interrupt lines are taken, by whom, and who waits for one. */
final class LocksView {
    /** As {@link org.slubcheck.machine.Machine} keeps an rwsem: readers below, waiting writers above. */
    private static final int WRITER_BIT = 32;

    private static final long READERS = (1L << WRITER_BIT) - 1;

    private final Dump dump;
    private final Books books;
    private final Image image;
    private final Sheet out;
    private int free;

    private LocksView(Dump dump, Sheet out) {
        this.dump = dump;
        this.books = new Books(dump);
        this.image = books.image();
        this.out = out;
    }

    static void show(Dump dump, Sheet out) {
        new LocksView(dump, out).show();
    }

    private void show() {
        for (Survey.Lock lock : books.survey().locks()) {
            if (lock.name().equals("slub_lock")) {
                semaphore(lock.name(), lock.address());
            } else {
                lock(lock.name(), lock.address());
            }
        }
        for (MemoryMap.Symbol symbol : dump.kernel().map().symbols()) {
            if (symbol.name().equals("hotplug")) {
                semaphore("cpu_hotplug.lock", symbol.address());
                semaphore("mem_hotplug.lock", symbol.address() + Memory.WORD);
            }
        }
        for (long s : books.all()) {
            for (long queue : books.sharedQueues(s)) {
                lock(
                        String.format(
                                "the lock of the shared queue 0x%x of %s", queue, books.name(s)),
                        queue + KmemCacheQueue.LOCK);
            }
        }
        for (long i = 0; i < dump.kernel().pages().pages(); i++) {
            long page = dump.kernel().pages().pageAt(i);
            if ((image.word(page + PageStruct.FLAGS) & PageStruct.PG_LOCKED) != 0) {
                out.line("%-44s held", "slab_lock of page#" + i);
            }
        }
        out.line("%d others are free", free);
        tasks();
    }

    private void lock(String name, long address) {
        long value = image.word(address);
        if (value == 0) {
            free++;
            return;
        }
        boolean cpu = value > 0 && value <= books.geometry().cpus();
        out.line(
                "%-44s %s",
                name,
                cpu
                        ? "held by CPU#" + (value - 1)
                        : String.format("holds 0x%x, which is no CPU", value));
    }

    private void semaphore(String name, long address) {
        long value = image.word(address);
        if (value == 0) {
            free++;
            return;
        }
        long writers = value >>> WRITER_BIT;
        out.line(
                "%-44s %s%d readers, %d writers wait",
                name, (writers & 1) != 0 ? "held for write, " : "", value & READERS, writers >>> 1);
    }

    private void tasks() {
        Symbolizer names = dump.names();
        for (Capture.Runner runner : dump.runners()) {
            for (Capture.HeldLock held : runner.held()) {
                out.line(
                        "%s holds %s: %s",
                        Backtrace.who(dump, runner), held.name(), at(names, held));
            }
            if (runner.waitsFor() >= 0) {
                out.line(
                        "%s waits for %s",
                        Backtrace.who(dump, runner), names.name(runner.waitsFor()));
            }
        }
    }

    /** What lockdep is told of as if it were a lock is nowhere. */
    static String at(Symbolizer names, Capture.HeldLock held) {
        return held.address() <= 0 ? "nowhere in memory" : names.name(held.address());
    }
}
