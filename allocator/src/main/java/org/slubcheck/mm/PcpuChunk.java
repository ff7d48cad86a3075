package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct pcpu_chunk and its allocation map.
 *
 * <p>The map describes one unit from its start to its end, an int for each block: a positive one
 * says how many free bytes follow, a negative one how many are allocated. A unit looks the same on
 * every CPU, so one map serves all.
 *
 * <pre>
 *   map:    -64   -32   +128   -32                  map_used 4
 *   unit:  |used |used |  free |used |              offsets 0 64 96 224
 * </pre>
 *
 * <p>No two free blocks are neighbours, all lengths are multiples of a word, and contig_hint is
 * never below the longest free block; it may be above until the next full scan. Everything here is
 * under pcpu_lock with irqs off.
 */
public final class PcpuChunk {
    /** Where the fields stand. */
    public static final StructLayout LAYOUT =
            StructLayout.of("pcpu_chunk")
                    .embed("list", ListHead.LAYOUT)
                    .integer("free_size")
                    .integer("contig_hint")
                    .word("base_addr")
                    .integer("map_used")
                    .integer("map_alloc")
                    .word("map")
                    .word("data")
                    .build();

    /** sizeof(struct pcpu_chunk). */
    static final int SIZE = 56;

    /** Entries of a map that is made for a new chunk (PCPU_DFL_MAP_ALLOC). */
    static final int DFL_MAP_ALLOC = 16;

    /** sizeof an entry of the map. */
    static final int ENTRY = 4;

    static final int FREE_SIZE = 16;
    static final int CONTIG_HINT = 20;
    static final int BASE_ADDR = 24;
    static final int MAP_USED = 32;
    static final int MAP_ALLOC = 36;
    static final int MAP = 40;
    static final int DATA = 48;

    /** An allocation splits a block into three at most, so it needs this many entries to spare. */
    private static final int SPLIT = 2;

    private PcpuChunk() {}

    /** Makes one free block of the size of a unit. The list_head is on no list. */
    static void init(Memory m, long chunk, long base, int unit, long map, int mapAlloc, long data) {
        ListHead.init(m, chunk);
        m.writeInt(chunk + FREE_SIZE, unit);
        m.writeInt(chunk + CONTIG_HINT, unit);
        m.write(chunk + BASE_ADDR, base);
        m.writeInt(chunk + MAP_USED, 1);
        m.writeInt(chunk + MAP_ALLOC, mapAlloc);
        m.write(chunk + MAP, map);
        m.write(chunk + DATA, data);
        m.writeInt(map, unit);
    }

    /** Takes the first bytes of a fresh chunk out of use for ever: another chunk has them. */
    static void reserveHead(Memory m, long chunk, int bytes) {
        int rest = freeSize(m, chunk) - bytes;
        m.writeInt(chunk + FREE_SIZE, rest);
        m.writeInt(chunk + CONTIG_HINT, rest);
        m.writeInt(chunk + MAP_USED, 2);
        setEntry(m, chunk, 0, -bytes);
        setEntry(m, chunk, 1, rest);
    }

    static int freeSize(Memory m, long chunk) {
        return m.readInt(chunk + FREE_SIZE);
    }

    static int contigHint(Memory m, long chunk) {
        return m.readInt(chunk + CONTIG_HINT);
    }

    static long base(Memory m, long chunk) {
        return m.read(chunk + BASE_ADDR);
    }

    static int mapAlloc(Memory m, long chunk) {
        return m.readInt(chunk + MAP_ALLOC);
    }

    static long map(Memory m, long chunk) {
        return m.read(chunk + MAP);
    }

    static long data(Memory m, long chunk) {
        return m.read(chunk + DATA);
    }

    /** pcpu_need_to_extend: 0, or how many entries the map should have before the next split. */
    static int needToExtend(Memory m, long chunk) {
        int wanted = m.readInt(chunk + MAP_USED) + SPLIT;
        if (mapAlloc(m, chunk) >= wanted) {
            return 0;
        }
        int entries = DFL_MAP_ALLOC;
        while (entries < wanted) {
            entries *= 2;
        }
        return entries;
    }

    /** pcpu_alloc_area: first fit; the offset of the area, or -1. The map has entries to spare. */
    static int allocArea(Memory m, long chunk, int size, int align) {
        int used = m.readInt(chunk + MAP_USED);
        int widest = 0;
        int offset = 0;
        for (int i = 0; i < used; i++) {
            int length = entry(m, chunk, i);
            int head = (offset + align - 1 & -align) - offset;
            if (length >= head + size) {
                int tail = length - head - size;
                carve(m, chunk, i, used, head, size, tail);
                widest = Math.max(widest, Math.max(head, tail));
                boolean scanned = i == used - 1;
                int hint = scanned ? widest : Math.max(widest, contigHint(m, chunk));
                m.writeInt(chunk + CONTIG_HINT, hint);
                m.writeInt(chunk + FREE_SIZE, freeSize(m, chunk) - size);
                return offset + head;
            }
            widest = Math.max(widest, length);
            offset += Math.abs(length);
        }
        m.writeInt(chunk + CONTIG_HINT, widest);
        return -1;
    }

    /** The length of the allocated area that starts at an offset, or 0. */
    static int areaAt(Memory m, long chunk, int offset) {
        int i = find(m, chunk, offset);
        return i < 0 ? 0 : Math.max(0, -entry(m, chunk, i));
    }

    /** pcpu_free_area: the area that starts at an offset is allocated; merges with its neighbours. */
    static void freeArea(Memory m, long chunk, int offset) {
        int i = find(m, chunk, offset);
        int used = m.readInt(chunk + MAP_USED);
        int length = -entry(m, chunk, i);
        m.writeInt(chunk + FREE_SIZE, freeSize(m, chunk) + length);
        int from = i;
        int until = i + 1;
        if (i > 0 && entry(m, chunk, i - 1) > 0) {
            from = i - 1;
            length += entry(m, chunk, from);
        }
        if (until < used && entry(m, chunk, until) > 0) {
            length += entry(m, chunk, until);
            until++;
        }
        setEntry(m, chunk, from, length);
        int dropped = until - from - 1;
        for (int k = until; dropped > 0 && k < used; k++) {
            setEntry(m, chunk, k - dropped, entry(m, chunk, k));
        }
        m.writeInt(chunk + MAP_USED, used - dropped);
        m.writeInt(chunk + CONTIG_HINT, Math.max(length, contigHint(m, chunk)));
    }

    /** Turns free block i into a free head, an allocated middle and a free tail, without empties. */
    private static void carve(Memory m, long chunk, int i, int used, int head, int size, int tail) {
        int more = (head > 0 ? 1 : 0) + (tail > 0 ? 1 : 0);
        for (int k = used - 1; more > 0 && k > i; k--) {
            setEntry(m, chunk, k + more, entry(m, chunk, k));
        }
        int at = i;
        if (head > 0) {
            setEntry(m, chunk, at++, head);
        }
        setEntry(m, chunk, at++, -size);
        if (tail > 0) {
            setEntry(m, chunk, at, tail);
        }
        m.writeInt(chunk + MAP_USED, used + more);
    }

    /** The block that starts at an offset, or -1. */
    private static int find(Memory m, long chunk, int offset) {
        int used = m.readInt(chunk + MAP_USED);
        int at = 0;
        for (int i = 0; i < used; i++) {
            if (at >= offset) {
                return at == offset ? i : -1;
            }
            at += Math.abs(entry(m, chunk, i));
        }
        return -1;
    }

    private static int entry(Memory m, long chunk, int i) {
        return m.readInt(map(m, chunk) + (long) ENTRY * i);
    }

    private static void setEntry(Memory m, long chunk, int i, int value) {
        m.writeInt(map(m, chunk) + (long) ENTRY * i, value);
    }
}
