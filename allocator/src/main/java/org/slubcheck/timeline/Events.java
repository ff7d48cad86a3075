package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.AccessLog.Kind;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.verdict.Mark.What;

/**
 * Turns the accesses of a log into events: locks by name, interrupts, changed fields with old and
 * new value, memset and memcpy. Keeps an image of memory in step with the log, so that every name is
 * what it was at that moment.
 */
final class Events {
    private static final String SLUB_LOCK = "slub_lock";
    private static final String SHARED_POINTER = " q.shared";

    /** Reader-writer semaphores beside slub_lock, by the ends of their names. */
    private static final List<String> SEMAPHORES = List.of("_hotplug.lock", " s_active");

    private static final long WRITER = 1L << 32;
    private static final long READER = 1;
    private static final int ALWAYS = 0;
    private static final int MAIN = 1;
    private static final int DETAIL = 2;
    private static final int MINOR = 3;

    private final AccessLog log;
    private final Memory image;
    private final Symbolizer names;
    private final long lines;
    private final int lineBytes;
    private final List<Event> events = new ArrayList<>();
    private final List<String> tasks;
    private final boolean[] begun = new boolean[256];
    private final Held held = new Held();
    private final Bursts bursts;
    private final Set<Long> shared = new HashSet<>();
    private final Set<Long> replaced = new HashSet<>();
    private final Set<String> disputed = new HashSet<>();
    private final String raced;
    private String lastRead = "";

    /**
     * @param raced the name of what the finding is about, or empty: plain loads of it are told too
     */
    Events(Kernel template, AccessLog log, List<String> tasks, String raced) {
        this.log = log;
        this.tasks = tasks;
        image = template.memory().fork();
        names = new Symbolizer(template).over(image);
        lines = template.machine().line(0);
        lineBytes = template.geometry().cacheLine();
        this.raced = raced;
        bursts = new Bursts(events, held);
        Map<Long, Integer> toucher = new HashMap<>();
        for (int i = 0; i < log.size(); i++) {
            int first = toucher.computeIfAbsent(log.address(i), a -> -1);
            if (first < 0) {
                toucher.put(log.address(i), log.thread(i));
            } else if (first != log.thread(i)) {
                shared.add(log.address(i));
            }
        }
        for (int i = 0; i < log.size(); i++) {
            if (log.kind(i).writes()) {
                if (names.cacheOfCpuPointer(log.address(i)) != 0) {
                    replaced.add(log.address(i));
                }
                names.learn(log.address(i), log.old(i), log.value(i));
            }
        }
        shared.forEach(address -> disputed.add(names.cacheIn(names.name(address))));
        disputed.remove("");
    }

    List<Event> all() {
        for (int i = 0; i < log.size(); i++) {
            taskChange(i);
            describe(i);
            apply(i);
        }
        bursts.end();
        return events;
    }

    // ---- tasks

    private void taskChange(int i) {
        int thread = log.thread(i);
        if (i > 0 && log.thread(i - 1) != thread) {
            bursts.end();
            lastRead = "";
            int before = i - 1;
            int next = nextOf(log.thread(before), i);
            if (next >= 0) {
                boolean waits = log.kind(next) == Kind.AWAIT && !free(log.address(next));
                String lock = waits ? names.name(log.address(next)) : "";
                told(
                        0,
                        before,
                        log.cpu(before),
                        ALWAYS,
                        waits ? What.WAITS : What.PREEMPTED,
                        lock,
                        waits ? "~~ waits for " + lock : "~~ preempted");
            }
        }
        if (!begun[thread]) {
            begun[thread] = true;
            told(0, i, log.cpu(i), ALWAYS, What.BEGIN, "", "> " + task(thread));
        }
    }

    private String task(int thread) {
        return thread < tasks.size() ? tasks.get(thread) : "task " + thread;
    }

    private int nextOf(int thread, int from) {
        for (int i = from; i < log.size(); i++) {
            if (log.thread(i) == thread) {
                return i;
            }
        }
        return -1;
    }

    private boolean free(long lock) {
        return image.peek(lock) == 0;
    }

    // ---- accesses

    private void describe(int i) {
        Kind kind = log.kind(i);
        long address = log.address(i);
        if (kind == Kind.AWAIT || kind == Kind.CMPXCHG_FAIL) {
            return;
        }
        if (kind == Kind.READ || kind == Kind.DATA_RACE) {
            plainLoad(i);
            return;
        }
        if (isLine(address)) {
            irq(i);
            return;
        }
        String name = names.name(address);
        if (lock(i, name)) {
            return;
        }
        switch (kind) {
            case FILL ->
                    emit(
                            i,
                            matters(i, MAIN),
                            What.BULK,
                            struct(name),
                            "memset(" + struct(name) + ", " + log.bytes(i) + ")");
            case COPY ->
                    emit(
                            i,
                            MAIN,
                            What.BULK,
                            name,
                            "memcpy("
                                    + name
                                    + ", "
                                    + names.name(log.old(i))
                                    + ", "
                                    + log.bytes(i)
                                    + " bytes)");
            case ACQUIRE, READ_ONCE -> load(i, name);
            default -> store(i, name);
        }
    }

    /** What a range that begins with this field is. */
    private static String struct(String name) {
        return name.contains(" cpu#") || SharedNames.isQueue(name)
                ? name.substring(0, name.lastIndexOf(' '))
                : name;
    }

    private void plainLoad(int i) {
        if (popsBelow(i)) {
            return;
        }
        String name = raced.isEmpty() ? "" : names.name(log.address(i));
        if (!name.isEmpty() && name.equals(raced) && !name.equals(lastRead)) {
            emit(i, ALWAYS, What.READ, name, "reads " + name + " = " + (int) log.value(i));
            lastRead = name;
        }
    }

    /** Below object[0] of a queue is the word that a pop from an empty one takes for an object. */
    private boolean popsBelow(int i) {
        long q = log.address(i) - KmemCacheQueue.SHARED;
        if (KmemCacheQueue.slot(q, -1) != log.address(i) || (int) image.peek(q) != -1) {
            return false;
        }
        String name = names.name(log.address(i));
        if (!name.endsWith(SHARED_POINTER)) {
            return false;
        }
        String queue = name.substring(0, name.length() - SHARED_POINTER.length());
        String word = names.value(log.address(i), log.value(i));
        emit(
                i,
                ALWAYS,
                What.READ,
                name,
                "pops " + queue + " q.object[-1] = " + word + " (it is q.shared)");
        return true;
    }

    private void load(int i, String name) {
        if (log.kind(i) == Kind.ACQUIRE && replaced.contains(log.address(i))) {
            emit(
                    i,
                    matters(i, MAIN),
                    What.READ,
                    name,
                    "reads " + name + " = " + names.value(log.address(i), log.value(i)));
        }
    }

    private void store(int i, String name) {
        Kind kind = log.kind(i);
        String how =
                switch (kind) {
                    case RELEASE -> " [release]";
                    case CMPXCHG_OK -> " [cmpxchg]";
                    case ADD -> " [atomic]";
                    default -> "";
                };
        bursts.store(
                log.thread(i),
                column(i),
                i + 1,
                prefix(i),
                name,
                names,
                log.address(i),
                (int) log.bytes(i),
                log.old(i),
                log.value(i),
                how,
                name.equals(raced) ? ALWAYS : matters(i, rank(name)));
    }

    /**
     * What one task alone touches matters less than what several do, and least of all where its
     * cache is not the one that they share.
     */
    private int matters(int i, int rank) {
        if (rank == ALWAYS || shared.contains(log.address(i))) {
            return rank;
        }
        String cache = names.cacheIn(names.name(log.address(i)));
        return disputed.contains(cache) ? Math.min(MINOR, rank + 1) : MINOR;
    }

    private static int rank(String name) {
        if (name.endsWith(" cpu") || name.contains(" q.") || name.endsWith(" freelist")) {
            return MAIN;
        }
        if (SharedNames.isQueue(name)) {
            return MAIN;
        }
        if (name.startsWith("slab_caches") || name.contains(" list.") || name.startsWith("NULL")) {
            return MAIN;
        }
        for (String field :
                List.of(" batch", " queue", " cpu_queue", " refcount", " name", " _count")) {
            if (name.endsWith(field)) {
                return MAIN;
            }
        }
        if (name.startsWith("kmalloc_") || name.startsWith("slab_state")) {
            return MAIN;
        }
        return name.startsWith("zone ")
                        || name.startsWith("pcpu")
                        || name.startsWith("fault")
                        || name.startsWith("page#")
                ? MINOR
                : DETAIL;
    }

    // ---- interrupts

    private boolean isLine(long address) {
        return address >= lines && names.name(address).endsWith(" irq");
    }

    private void irq(int i) {
        int target = (int) ((log.address(i) - lines) / lineBytes);
        boolean taken = log.kind(i) == Kind.CMPXCHG_OK;
        int neighbour = taken ? nextOf(log.thread(i), i + 1) : previousOf(log.thread(i), i - 1);
        boolean ipi =
                target != log.cpu(i)
                        || (neighbour >= 0
                                && log.interrupt(neighbour)
                                && log.cpu(neighbour) == target);
        if (ipi) {
            bursts.end();
            told(
                    i + 1,
                    i,
                    target,
                    taken ? ALWAYS : MAIN,
                    taken ? What.IPI : What.IPI_DONE,
                    "",
                    taken ? "IPI from CPU " + log.cpu(i) : "IPI done");
        } else {
            emit(
                    i,
                    MINOR - 1,
                    taken ? What.IRQ_OFF : What.IRQ_ON,
                    "",
                    taken ? "irq off" : "irq on");
        }
    }

    private int previousOf(int thread, int from) {
        for (int i = from; i >= 0; i--) {
            if (log.thread(i) == thread) {
                return i;
            }
        }
        return -1;
    }

    // ---- locks

    private boolean lock(int i, String name) {
        boolean taken = log.kind(i) == Kind.CMPXCHG_OK;
        boolean given = log.kind(i) == Kind.RELEASE;
        boolean changed = taken || given || log.kind(i) == Kind.ADD;
        if (name.equals(SLUB_LOCK)
                || changed && SEMAPHORES.stream().anyMatch(end -> name.endsWith(end))) {
            semaphore(i, name, log.kind(i), log.value(i) - log.old(i));
            return true;
        }
        if (name.endsWith(" flags") && name.startsWith("page#") && (taken || given)) {
            boolean now = (log.value(i) & PageStruct.PG_LOCKED) != 0;
            boolean before = (log.old(i) & PageStruct.PG_LOCKED) != 0;
            if (now != before) {
                String page = name.substring(0, name.indexOf(' '));
                emit(
                        i,
                        matters(i, MAIN),
                        now ? What.LOCK : What.UNLOCK,
                        page,
                        (now ? "slab_lock(" : "slab_unlock(") + page + ")");
                return true;
            }
            return false;
        }
        if (!taken && !given) {
            return false;
        }
        if (name.endsWith("_mutex")) {
            emit(
                    i,
                    matters(i, innermost(name)),
                    taken ? What.LOCK : What.UNLOCK,
                    name,
                    (taken ? "mutex_lock(" : "mutex_unlock(") + name + ")");
            return true;
        }
        if (name.endsWith("_lock") || name.endsWith(" lock")) {
            emit(
                    i,
                    matters(i, innermost(name)),
                    taken ? What.LOCK : What.UNLOCK,
                    name,
                    (taken ? "spin_lock(" : "spin_unlock(") + name + ")");
            return true;
        }
        return false;
    }

    /** The locks of the page and per-CPU allocators matter less than those of slab. */
    private static int innermost(String name) {
        return name.startsWith("zone ") || name.startsWith("pcpu") ? MINOR : MAIN;
    }

    /**
     * What a change of the rwsem means. A waiting writer that gets it changes the word by as much as
     * one that gives it back; but getting is a compare and exchange, and giving back is not.
     */
    private void semaphore(int i, String name, Kind kind, long change) {
        String lock = "(" + name + ")";
        if (kind == Kind.CMPXCHG_OK) {
            emit(i, MAIN, What.LOCK, name, (change == READER ? "down_read" : "down_write") + lock);
        } else if (change == 2 * WRITER) {
            emit(i, MAIN, What.WAITS, name, "down_write" + lock + " has to wait");
        } else {
            emit(i, MAIN, What.UNLOCK, name, (change == -WRITER ? "up_write" : "up_read") + lock);
        }
    }

    /** What a task waits for that never goes on; behind all that was logged. */
    void stuck(int cpu, String lock) {
        bursts.end();
        events.add(
                new Event(
                        ALWAYS,
                        0,
                        held.mark(
                                0,
                                -1,
                                cpu,
                                false,
                                What.WAITS,
                                lock,
                                "~~ waits for " + lock + " for ever")));
    }

    // ---- plumbing

    private int column(int i) {
        return log.cpu(i);
    }

    private String prefix(int i) {
        return log.interrupt(i) ? "[irq] " : "";
    }

    private void emit(int i, int rank, What what, String object, String text) {
        bursts.end();
        told(i + 1, i, column(i), rank, what, object, prefix(i) + text);
    }

    /** An event that is numbered {@code step} and done by who made access i. */
    private void told(int step, int i, int cpu, int rank, What what, String object, String text) {
        events.add(
                new Event(
                        rank,
                        step == 0 ? 0 : 1,
                        held.mark(step, log.thread(i), cpu, log.interrupt(i), what, object, text)));
    }

    /** Brings the image up to date with access i. */
    private void apply(int i) {
        Kind kind = log.kind(i);
        long address = log.address(i);
        if (!kind.writes() || address < MemoryMap.NULL_PAGE || address >= image.size()) {
            return;
        }
        switch (kind) {
            case FILL -> image.fill(address, log.bytes(i), (int) log.value(i));
            case COPY -> image.copy(address, log.old(i), log.bytes(i));
            default -> {
                switch ((int) log.bytes(i)) {
                    case 1 -> image.writeByte(address, (int) log.value(i));
                    case Integer.BYTES -> image.writeInt(address, (int) log.value(i));
                    default -> image.write(address, log.value(i));
                }
            }
        }
        if (kind == Kind.RELEASE && log.value(i) != 0) {
            names.rememberShared(names.name(address));
        }
        if (kind == Kind.COPY && log.bytes(i) > KmemCache.CPU) {
            long s = names.cacheOfCpuPointer(address + KmemCache.CPU);
            if (s != 0) {
                names.remember(s, image.peek(s + KmemCache.CPU));
            }
        }
    }
}
