package org.slubcheck.properties;

import static java.lang.Integer.parseInt;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.PcpuChunk;
import org.slubcheck.mm.Percpu;
import org.slubcheck.mm.PercpuWiring;
import org.slubcheck.slab.KmemCache;

/**
 * A kernel whose per-CPU allocator is watched while it boots: what its callers hold and have written
 * there, how much of the early reserve must be left, and which map its first chunk had when.
 */
final class PercpuWorld {
    private static final int CONTIG_HINT = PcpuChunk.LAYOUT.offset("contig_hint");
    private static final int MAP = PcpuChunk.LAYOUT.offset("map");
    private static final int MAP_ALLOC = PcpuChunk.LAYOUT.offset("map_alloc");
    private static final int MAP_USED = PcpuChunk.LAYOUT.offset("map_used");
    private static final int ENTRY = Integer.BYTES;

    /** An allocation may split a block into three, so it wants that many slots more. */
    private static final int SPLIT = 2;

    private static final int LOOKED_AT = 8;

    private static final Pattern LOST =
            Pattern.compile("0x([0-9a-f]+) is accounted 0 times: it is lost");

    /** What pcpu_alloc says when no chunk has room and there can be no other. */
    private static final Pattern NO_CHUNK =
            Pattern.compile(
                    "PERCPU: allocation failed, size=(\\d+) align=(\\d+), failed to allocate new chunk");

    /** The last words of a kernel that cannot make a cache it boots with. */
    private static final Pattern NO_CACHE =
            Pattern.compile(
                    "^Kernel panic - not syncing: (Creation of kmalloc slab|Cannot create slab) ");

    private static final String WARNING = "WARNING: at mm/percpu.c pcpu_mem_alloc";

    private final Rig rig;
    private final Kernel kernel;
    private final Percpu percpu;
    private final PercpuWiring wiring;
    private final Memory m;
    private final Task task;

    /** What is held: pointer to bytes. */
    private final TreeMap<Long, Integer> held = new TreeMap<>();

    /** The map from the slab allocator that percpu_init_late replaced; 0 for none. */
    private long replacedLate;

    private boolean usedUp;

    PercpuWorld(Rig rig) {
        this.rig = rig;
        this.kernel = rig.kernel();
        this.percpu = kernel.percpu();
        this.wiring = kernel.percpuWiring();
        this.m = kernel.memory();
        this.task = kernel.task(0);
    }

    /** Boots on, unless the kernel has died. */
    void bootTo(Kernel.Stage goal) {
        long before = m.peek(wiring.firstChunk() + MAP);
        int said = kernel.console().lines().size();
        rig.note("boot to " + goal);
        rig.ask(() -> kernel.bootTo(goal).stage().ordinal());
        usedUp |= warnings() > 0 || endedSince(said);
        if (rig.dead()) {
            return;
        }
        if (goal == Kernel.Stage.IRQS_ON) {
            lookLate(before);
        }
        if (goal == Kernel.Stage.RUNNING) {
            for (long chunk : percpu.chunks()) {
                rig.require(
                        !wiring.isEarlyMap(m.peek(chunk + MAP)),
                        String.format(
                                "the map of pcpu_chunk 0x%x is still init data, which is freed",
                                chunk));
            }
        }
    }

    /**
     * Whether an allocation has failed since then for which there was no room. The reserve is all that a
     * machine has whose blocks of pages are too small for a chunk, so it may also end when slab is up and
     * nothing warns of it: its DMA caches are made then. Before that there must be a warning.
     */
    private boolean endedSince(int line) {
        if (!percpu.slab().slabIsAvailable()
                || percpu.chunkOrder() < kernel.geometry().maxOrder()) {
            return false;
        }
        int room = m.peekInt(wiring.firstChunk() + CONTIG_HINT);
        List<Console.Line> lines = kernel.console().lines();
        return lines.subList(line, lines.size()).stream()
                .map(said -> NO_CHUNK.matcher(said.text()))
                .filter(Matcher::matches)
                .mapToInt(no -> parseInt(no.group(1)) + parseInt(no.group(2)) - Memory.WORD)
                .anyMatch(wanted -> wanted > room);
    }

    /** percpu_init_late has run: did it replace a map that had grown meanwhile? */
    private void lookLate(long before) {
        long now = m.peek(wiring.firstChunk() + MAP);
        if (now != before && kernel.pages().pageOf(before) != 0) {
            replacedLate = before;
            rig.require(
                    roomOf(now) >= m.peekInt(wiring.firstChunk() + MAP_ALLOC),
                    String.format(
                            "pcpu_chunk 0x%x counts on %d map entries, and its map has %d",
                            wiring.firstChunk(),
                            m.peekInt(wiring.firstChunk() + MAP_ALLOC),
                            roomOf(now)));
        }
    }

    /** Entries that a map has room for; as many as there can be where it cannot be told. */
    private long roomOf(long map) {
        if (map == wiring.earlyMap()) {
            return kernel.geometry().percpuEarlySlots();
        }
        long page = kernel.pages().pageOf(map);
        if (page == 0) {
            return Integer.MAX_VALUE;
        }
        if ((m.peek(page + PageStruct.FLAGS) & PageStruct.PG_TAIL) != 0) {
            page = m.peek(page + PageStruct.FIRST_PAGE);
        }
        boolean slab = (m.peek(page + PageStruct.FLAGS) & PageStruct.PG_SLAB) != 0;
        long bytes =
                slab
                        ? m.peekInt(m.peek(page + PageStruct.SLAB) + KmemCache.SIZE)
                        : (long) kernel.geometry().pageSize() << PageStruct.peekOrder(m, page);
        return bytes / ENTRY;
    }

    /** Allocates before slab is up: as much as there are bytes and slots for, and no more. */
    void allocateEarly(List<Integer> sizes) {
        for (int size : sizes) {
            if (rig.dead()) {
                return;
            }
            int words = words(size);
            int blocks = m.peekInt(wiring.firstChunk() + MAP_USED);
            long left = wiring.unitSize() - wiring.reservedSize() - percpu.allocatedBytes();
            boolean slot = blocks + SPLIT <= kernel.geometry().percpuEarlySlots();
            boolean fits = left >= words && slot;
            long area = alloc(size);
            int slots = kernel.geometry().percpuEarlySlots();
            if (rig.dead() || m.peekInt(wiring.firstChunk() + MAP_USED) > slots) {
                return;
            }
            if (m.peek(wiring.firstChunk() + MAP) != wiring.earlyMap()
                    || percpu.chunks().size() > (wiring.reservedChunk() == 0 ? 1 : 2)) {
                rig.require(false, "percpu asked the slab allocator for memory before it was up");
                return;
            }
            rig.require(
                    !fits || area != 0,
                    "an allocation of " + words + " bytes fails although the reserve has " + left);
            if (area == 0) {
                usedUp = true;
                rig.require(
                        warnings() > 0,
                        "percpu asked the slab allocator for memory before it was up: nobody is told"
                                + " that the early reserve is used up");
            } else if (!fits) {
                rig.require(
                        false,
                        "an allocation succeeds although the reserve has "
                                + left
                                + " bytes and "
                                + (slot ? "" : "no ")
                                + "slots");
            }
            rig.require(warnings() <= 1, "the early reserve is used up, and that is said twice");
        }
    }

    /** Allocates; whether that succeeds depends on how much memory there is. */
    void allocate(List<Integer> sizes) {
        for (int size : sizes) {
            alloc(size);
        }
    }

    /** Allocates words for modules, as long as the reserve lasts; nobody else gets that. */
    void allocateReserved(int count) {
        if (wiring.reservedChunk() == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long area =
                    rig.call(
                            task,
                            "__alloc_reserved_percpu(8, 8)",
                            () -> percpu.allocReserved(task, 8, 8));
            if (area != 0) {
                rig.require(
                        area < wiring.base() + wiring.reservedSize(),
                        "an area for a module is outside of what is reserved for modules");
                keep(area, 8);
            }
        }
    }

    private long alloc(int size) {
        long area =
                rig.call(
                        task, "__alloc_percpu(" + size + ", 8)", () -> percpu.alloc(task, size, 8));
        if (area != 0) {
            rig.require(
                    area < wiring.base() || area >= wiring.base() + wiring.reservedSize(),
                    "an area is in what is reserved for modules");
            keep(area, words(size));
        }
        return area;
    }

    private static int words(int size) {
        return size + Memory.WORD - 1 & -Memory.WORD;
    }

    private void keep(long area, int bytes) {
        held.put(area, bytes);
        rig.ask(
                () -> {
                    for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
                        for (int i = 0; i < bytes; i += Memory.WORD) {
                            m.write(percpu.perCpuPtr(area, cpu) + i, pattern(area, cpu, i));
                        }
                    }
                    return 0;
                });
    }

    private static long pattern(long area, int cpu, int offset) {
        return (area << 16) + ((long) cpu << 8) + offset;
    }

    /** Frees so many of those held, and looks what is in them. */
    void free(int count) {
        for (int i = 0; i < count && !held.isEmpty() && !rig.dead(); i++) {
            long area = i % 2 == 0 ? held.firstKey() : held.lastKey();
            int bytes = held.remove(area);
            for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
                for (int at = 0; at < bytes; at += Memory.WORD) {
                    long is = m.peek(percpu.perCpuPtr(area, cpu) + at);
                    rig.require(
                            is == pattern(area, cpu, at),
                            String.format(
                                    "the area 0x%x of CPU#%d has changed under its owner",
                                    area, cpu));
                }
            }
            rig.run(
                    task,
                    "free_percpu(0x" + Long.toHexString(area) + ")",
                    () -> percpu.free(task, area));
        }
    }

    /** Frees all that is held; then nothing of it may be left. */
    void freeAll() {
        free(held.size());
        rig.shrinkAll();
    }

    private long warnings() {
        return kernel.reports().stream().filter(report -> report.contains(WARNING)).count();
    }

    /** What is wrong; a boot that dies because the reserve is used up, and says so, is right. */
    List<String> wrong() {
        List<Long> all = new ArrayList<>(held.keySet());
        List<String> wrong;
        if (usedUp && rig.stoppedBy(NO_CACHE)) {
            wrong = rig.wrongBeforeItStopped();
            String books = percpu.check();
            if (books != null) {
                wrong.add(books);
            }
        } else {
            wrong = rig.wrong(all.stream().mapToLong(Long::longValue).toArray());
        }
        wrong.removeIf(report -> report.contains(WARNING));
        explain(wrong);
        return wrong;
    }

    /** Says what the sentences of others mean for the maps. */
    private void explain(List<String> wrong) {
        for (String sentence : List.copyOf(wrong)) {
            Matcher lost = LOST.matcher(sentence);
            if (lost.find()) {
                long object = Long.parseLong(lost.group(1), 16);
                if (object == replacedLate) {
                    wrong.add(
                            "percpu_init_late replaced a map that had grown and never gave it back: "
                                    + lost.group());
                } else if (looksLikeAMap(object)) {
                    wrong.add(
                            "pcpu_extend_area_map outgrew a map and never gave it back: "
                                    + lost.group());
                }
            }
        }
        if (m.peek(wiring.firstChunk() + MAP) != 0) {
            int used = m.peekInt(wiring.firstChunk() + MAP_USED);
            long room = roomOf(m.peek(wiring.firstChunk() + MAP));
            if (used > room) {
                wrong.add(
                        String.format(
                                "pcpu_chunk 0x%x describes %d blocks, and its map has room for %d",
                                wiring.firstChunk(), used, room));
            }
        }
    }

    /** A map begins with lengths of blocks: whole words, none of them 0. */
    private boolean looksLikeAMap(long object) {
        for (int i = 0; i < LOOKED_AT; i++) {
            int length = Math.abs(m.peekInt(object + (long) i * ENTRY));
            if (length == 0 || length % Memory.WORD != 0 || length > wiring.unitSize()) {
                return false;
            }
        }
        return true;
    }

    /** The calls so far. */
    List<String> story() {
        return rig.story();
    }
}
